import type { Collection } from "../collection";
import { selfLink, toPath } from "../paths";
import { mustExist } from "../references";
import type { Resource } from "../store";

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
    return withNats({ encryptedInterconnectRouter: false, ...rest, network: selfLink(network) });
  },
  patched: withNats,
};

/** A NAT comes back with what Google decides for it. https://cloud.google.com/compute/docs/reference/rest/v1/routers */
function withNats(router: Resource): Resource {
  const nats = router.nats as Resource[] | undefined;
  if (!nats) return router;
  const decided = {
    autoNetworkTier: "PREMIUM",
    effectiveTcpTimeWaitTimeoutSec: 120,
    endpointTypes: ["ENDPOINT_TYPE_VM"],
    type: "PUBLIC",
  };
  return {
    ...router,
    nats: nats.map((nat) => ({
      ...decided,
      ...nat,
      effectiveTcpTimeWaitTimeoutSec: nat.tcpTimeWaitTimeoutSec ?? decided.effectiveTcpTimeWaitTimeoutSec,
    })),
  };
}
