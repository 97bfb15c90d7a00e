import { addressAt, overlaps, parseCidr } from "../../../core/cidr";
import type { ApiContext, Collection } from "../collection";
import { invalid } from "../errors";
import { fingerprint } from "../fingerprint";
import { linkedPath, selfLink, toPath } from "../paths";
import { mustBeUnused, mustExist } from "../references";

export const subnetworks: Collection = {
  name: "subnetworks",
  scope: "region",
  kind: "compute#subnetwork",
  fields: [
    "name",
    "description",
    "network",
    "ipCidrRange",
    "region",
    "privateIpGoogleAccess",
    "purpose",
    "role",
    "stackType",
    "secondaryIpRanges",
    "logConfig",
    "enableFlowLogs",
    "fingerprint",
    "ipv6AccessType",
  ],
  required: ["name", "network", "ipCidrRange"],
  patchable: ["privateIpGoogleAccess", "logConfig", "secondaryIpRanges", "fingerprint", "stackType"],
  complete: (body, at, context) => {
    const network = toPath(body.network, at.project, "resource.network");
    mustExist(network, context);
    const cidr = parseCidr(String(body.ipCidrRange));
    if (!cidr)
      throw invalid(
        "resource.ipCidrRange",
        body.ipCidrRange,
        "Must be a CIDR address range that is contained in the RFC1918 private address blocks.",
      );
    for (const { resource } of context.store.list(`projects/${at.project}/regions/`)) {
      const other =
        resource.kind === "compute#subnetwork" && resource.network === selfLink(network)
          ? parseCidr(String(resource.ipCidrRange))
          : undefined;
      if (other && overlaps(cidr, other)) {
        throw invalid(
          "resource.ipCidrRange",
          body.ipCidrRange,
          `Invalid IPCidrRange: ${body.ipCidrRange} conflicts with existing subnetwork '${resource.name}' in region '${at.scope.split("/")[1]}'.`,
        );
      }
    }
    const { region: _region, ...rest } = body;
    return {
      privateIpGoogleAccess: false,
      purpose: "PRIVATE",
      stackType: "IPV4_ONLY",
      state: "READY",
      privateIpv6GoogleAccess: "DISABLE_GOOGLE_ACCESS",
      ...rest,
      network: selfLink(network),
      gatewayAddress: addressAt(cidr, 1),
      fingerprint: fingerprint(rest),
    };
  },
  patched: (resource) => ({ ...resource, fingerprint: fingerprint({ ...resource, fingerprint: undefined }) }),
  created: async (path, { network }, context) => listSubnetwork(network, path, true, context),
  deleting: async (path, _resource, context) => mustBeUnused(path, context),
  deleted: async (path, context, { network }) => listSubnetwork(network, path, false, context),
};

/** Keeps the list of a network's subnetworks, which the network answers. */
function listSubnetwork(network: unknown, path: string, there: boolean, { store }: ApiContext): void {
  const networkPath = linkedPath(network);
  const stored = store.get(networkPath);
  if (!stored) return;
  const { subnetworks: before = [], ...rest } = stored;
  const others = (before as string[]).filter((link) => link !== selfLink(path));
  const after = there ? [...others, selfLink(path)] : others;
  store.put(networkPath, after.length > 0 ? { ...rest, subnetworks: after } : rest);
}
