import type { PluginDefinition } from "../framework";
import { parseConfig } from "./config";
import { createHandler, type Provider } from "./engine/handler";
import { createLookUp } from "./engine/lookUp";
import type { Resource } from "./engine/operations";
import { getImage } from "./functions/image";
import { getMachineTypes } from "./functions/machineTypes";
import { getDisk, getInstance } from "./functions/zonal";
import { account } from "./resources/account";
import { address } from "./resources/address";
import { disk } from "./resources/disk";
import { firewall } from "./resources/firewall";
import { instance } from "./resources/instance";
import { network } from "./resources/network";
import { router } from "./resources/router";
import { routerNat } from "./resources/routerNat";
import { subnetwork } from "./resources/subnetwork";
import { RestClient } from "./rest/client";

/** Every resource type that the stand-in serves. */
export const RESOURCES: readonly Resource[] = [
  network,
  subnetwork,
  firewall,
  address,
  disk,
  router,
  routerNat,
  account,
  instance,
];

/** The stand-in for the official gcp plugin of the same version. */
export function gcpPlugin(): PluginDefinition {
  let provider: Provider | undefined;
  const configured = (): Provider => {
    if (!provider) throw new Error("the gcp plugin is used before it is configured");
    return provider;
  };
  return {
    name: "gcp",
    version: "9.35.0",
    async configure(args) {
      const config = parseConfig(args);
      provider = {
        config,
        compute: new RestClient(config.computeEndpoint, config.accessToken),
        // The paths begin with the version, as Google's own client has them: the endpoint's is taken off.
        iam: new RestClient(config.iamEndpoint.replace(/[^/]+\/$/, ""), config.accessToken),
      };
    },
    resources: RESOURCES.map((resource) => createHandler(resource, configured)),
    functions: [getDisk, getImage, getInstance, getMachineTypes].map((lookUp) =>
      createLookUp(lookUp, configured),
    ),
  };
}
