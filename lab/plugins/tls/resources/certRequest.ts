import { createHash, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { plain, type ResourceHandler } from "../../framework";
import { algorithmOf, parsePrivateKey, signingAlgorithm, toCryptoKeyPair } from "../keys";
import { type SanInputs, sanExtensions } from "../sans";
import { checkInputs, diffInputs, type Schema } from "../schema";
import { toName } from "../subject";

const SCHEMA: Schema = {
  privateKeyPem: { type: "string", required: true, secret: true },
  subject: { type: "object" },
  dnsNames: { type: "list" },
  ipAddresses: { type: "list" },
  uris: { type: "list" },
};

interface Inputs extends SanInputs {
  readonly privateKeyPem: string;
  readonly subject?: Record<string, string>;
}

export const certRequest: ResourceHandler = {
  type: "tls:index/certRequest:CertRequest",
  check: async ({ news }) => checkInputs(SCHEMA, news),
  diff: async ({ oldInputs, news }) => diffInputs(SCHEMA, oldInputs, news),
  create: async ({ news }, { preview }) => {
    if (preview) return { id: "", outputs: news };
    const inputs = plain<Inputs>(news);
    const key = parsePrivateKey(inputs.privateKeyPem);
    const request = await x509.Pkcs10CertificateRequestGenerator.create(
      {
        name: toName(inputs.subject),
        keys: (await toCryptoKeyPair(key)) as CryptoKeyPair,
        signingAlgorithm: signingAlgorithm(key) as EcdsaParams,
        extensions: sanExtensions(inputs),
      },
      webcrypto as unknown as Crypto,
    );
    const id = createHash("sha1").update(Buffer.from(request.rawData)).digest("hex");
    const certRequestPem = `${request.toString("pem").trim()}\n`;
    return { id, outputs: { ...news, id, keyAlgorithm: algorithmOf(key), certRequestPem } };
  },
  update: async ({ olds, news }) => ({ outputs: { ...olds, ...news } }),
  delete: async () => undefined,
};
