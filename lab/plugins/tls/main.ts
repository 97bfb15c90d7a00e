import "reflect-metadata";
import { servePlugin } from "../framework";
import { certRequest } from "./resources/certRequest";
import { locallySignedCert } from "./resources/locallySignedCert";
import { privateKey } from "./resources/privateKey";
import { selfSignedCert } from "./resources/selfSignedCert";

void servePlugin({
  name: "tls",
  version: "5.5.1",
  configure: async () => undefined,
  resources: [privateKey, selfSignedCert, certRequest, locallySignedCert],
});
