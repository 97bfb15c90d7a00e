import { createHash } from "node:crypto";
import { createAutoSubnetworks } from "../autoSubnetworks";
import type { Collection } from "../collection";
import { linkedPath, selfLink, toPath } from "../paths";
import { mustBeUnused } from "../references";
import type { Resource } from "../store";

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
    "networkProfile",
  ],
  required: ["name"],
  patchable: [
    "description",
    "routingConfig",
    "mtu",
    "networkFirewallPolicyEnforcementOrder",
    "enableUlaInternalIpv6",
    "internalIpv6Range",
  ],
  complete: (body, at) =>
    withIpv6Range({
      autoCreateSubnetworks: true,
      mtu: 1460,
      networkFirewallPolicyEnforcementOrder: "AFTER_CLASSIC_FIREWALL",
      ...body,
      ...(body.networkProfile
        ? { networkProfile: selfLink(toPath(body.networkProfile, at.project, "resource.networkProfile")) }
        : {}),
      routingConfig: {
        routingMode: "REGIONAL",
        bgpBestPathSelectionMode: "LEGACY",
        ...(body.routingConfig as object | undefined),
      },
    }),
  patched: withIpv6Range,
  created: async (path, network, { store }) => {
    const selfLinkWithId = selfLink(path.replace(/[^/]+$/, String(network.id)));
    const subnetworks = network.autoCreateSubnetworks === true ? createAutoSubnetworks(path, store) : [];
    store.put(path, { ...network, selfLinkWithId, ...(subnetworks.length > 0 ? { subnetworks } : {}) });
  },
  // Subnetworks that came with the network go with it.
  deleting: async (path, network, context) => {
    const own = network.autoCreateSubnetworks === true ? ((network.subnetworks ?? []) as string[]) : [];
    const paths = own.map(linkedPath);
    for (const subnetwork of paths) mustBeUnused(subnetwork, context);
    mustBeUnused(path, context, paths);
    for (const subnetwork of paths) context.store.remove(subnetwork);
  },
};

/** Unique local addresses that were asked for come out of fd20::/20; switched off, nothing says so. */
function withIpv6Range(network: Resource): Resource {
  const { enableUlaInternalIpv6, internalIpv6Range, ...rest } = network;
  if (enableUlaInternalIpv6 !== true) return rest;
  const hex = createHash("sha256").update(String(network.name)).digest("hex");
  const range = `fd20:${[1, 4].map((at) => Number.parseInt(hex.slice(at, at + 3), 16).toString(16)).join(":")}:0:0:0:0:0/48`;
  return { ...rest, enableUlaInternalIpv6, internalIpv6Range: internalIpv6Range ?? range };
}
