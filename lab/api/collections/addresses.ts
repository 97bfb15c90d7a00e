import type { ApiContext, Collection, Location } from "../collection";
import { ApiError, inUse, invalid } from "../errors";
import { fingerprint } from "../fingerprint";
import { selfLink, toPath } from "../paths";
import { mustExist } from "../references";
import { freeAddress, isInSubnet } from "../subnetAddresses";

export const addresses: Collection = {
  name: "addresses",
  scope: "region",
  kind: "compute#address",
  fields: [
    "name",
    "description",
    "address",
    "addressType",
    "subnetwork",
    "network",
    "purpose",
    "networkTier",
    "labels",
    "prefixLength",
    "ipVersion",
    "region",
  ],
  required: ["name"],
  patchable: [],
  complete: (body, at, context) => {
    const { region: _region, ...rest } = body;
    const common = {
      networkTier: "PREMIUM",
      status: "RESERVED",
      labelFingerprint: fingerprint(body.labels ?? {}),
      ...rest,
    };
    if ((body.addressType ?? "EXTERNAL") === "EXTERNAL")
      return { ...common, addressType: "EXTERNAL", address: externalAddress(context) };
    return { ...common, ...internal(body.subnetwork, body.address, at, context) };
  },
  deleting: async (path, resource) => {
    const user = (resource.users as string[] | undefined)?.[0];
    if (user) throw inUse(path, user.replace(/^.*\/compute\/v1\//, ""));
  },
};

function internal(subnetwork: unknown, wanted: unknown, at: Location, context: ApiContext) {
  const path = toPath(subnetwork, at.project, "resource.subnetwork");
  const subnet = mustExist(path, context);
  const address = wanted === undefined || wanted === "" ? freeAddress(subnet, context) : String(wanted);
  if (!isInSubnet(address, subnet))
    throw invalid(
      "resource.address",
      address,
      `Specified IP address is not in the range of subnetwork '${path}'.`,
    );
  const taken = context.store
    .list("projects/")
    .find(
      ({ resource }) =>
        resource.kind === "compute#address" &&
        resource.address === address &&
        resource.subnetwork === selfLink(path),
    );
  if (taken)
    throw new ApiError(
      400,
      "invalid",
      `Invalid value for field 'resource.address': '${address}'. Specified IP address is already reserved by '${taken.path}'.`,
    );
  return { address, addressType: "INTERNAL", purpose: "GCE_ENDPOINT", subnetwork: selfLink(path) };
}

/** From a range kept for documentation: nothing in the lab can dial it. */
function externalAddress({ store }: ApiContext): string {
  const taken = new Set(store.list("projects/").map(({ resource }) => resource.address));
  for (let last = 10; last < 255; last++) {
    if (!taken.has(`203.0.113.${last}`)) return `203.0.113.${last}`;
  }
  throw new ApiError(403, "quotaExceeded", "Quota 'STATIC_ADDRESSES' exceeded.");
}
