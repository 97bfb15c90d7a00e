import type { Collection } from "../collection";
import { selfLink, toPath } from "../paths";
import { mustExist } from "../references";

/** Routers with their NATs. The lab's network has no way out, so a NAT is a record only. */
export const routers: Collection = {
  name: "routers",
  scope: "region",
  kind: "compute#router",
  fields: [
    "name",
    "description",
    "network",
    "bgp",
    "nats",
    "interfaces",
    "bgpPeers",
    "region",
    "encryptedInterconnectRouter",
  ],
  required: ["name", "network"],
  patchable: ["description", "bgp", "nats"],
  complete: (body, at, context) => {
    const network = toPath(body.network, at.project, "resource.network");
    mustExist(network, context);
    const { region: _region, ...rest } = body;
    return { ...rest, network: selfLink(network) };
  },
};
