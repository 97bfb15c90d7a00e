import type { Collection } from "../collection";
import { mustBeUnused } from "../references";

export const networks: Collection = {
  name: "networks",
  scope: "global",
  kind: "compute#network",
  fields: [
    "name",
    "description",
    "autoCreateSubnetworks",
    "routingConfig",
    "mtu",
    "networkFirewallPolicyEnforcementOrder",
    "enableUlaInternalIpv6",
    "internalIpv6Range",
  ],
  required: ["name"],
  patchable: ["routingConfig", "mtu", "networkFirewallPolicyEnforcementOrder"],
  complete: (body) => ({
    autoCreateSubnetworks: true,
    mtu: 1460,
    networkFirewallPolicyEnforcementOrder: "AFTER_CLASSIC_FIREWALL",
    ...body,
    routingConfig: {
      routingMode: "REGIONAL",
      bgpBestPathSelectionMode: "LEGACY",
      ...(body.routingConfig as object | undefined),
    },
  }),
  deleting: async (path, _resource, context) => mustBeUnused(path, context),
};
