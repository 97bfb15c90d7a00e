import type { ApiContext, Collection, Location } from "../collection";
import { inUse, invalid } from "../errors";
import { reservedAddress } from "../externalAddresses";
import { fingerprint } from "../fingerprint";
import { autoSubnetwork, internalUser } from "../networkInterfaces";
import { linkedPath, selfLink, toPath } from "../paths";
import { mustExist } from "../references";
import type { Resource } from "../store";
import { freeAddress, isInSubnet, takenAddress } from "../subnetAddresses";

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
    "labelFingerprint",
    "prefixLength",
    "ipVersion",
    "region",
  ],
  required: ["name"],
  patchable: [],
  complete: (body, at, context) => {
    const { region: _region, ...rest } = body;
    const common = {
      description: "",
      networkTier: "PREMIUM",
      status: "RESERVED",
      ...rest,
      labelFingerprint: fingerprint(body.labels ?? {}),
    };
    if ((body.addressType ?? "EXTERNAL") === "EXTERNAL")
      return { ...common, addressType: "EXTERNAL", ...reservedAddress(body.address, at, context) };
    return { ...common, ...internal(body, at, context) };
  },
  failing: (path, { addressType, address, subnetwork }, _at, context) => {
    if (addressType === "EXTERNAL") return undefined;
    const isSame = (other: Resource) =>
      other.kind === "compute#address" && other.address === address && other.subnetwork === subnetwork;
    return takenAddress(path, String(address), isSame, context);
  },
  deleting: async (path, resource) => {
    const user = (resource.users as string[] | undefined)?.[0];
    if (user) throw inUse(path, linkedPath(user));
  },
};

function internal(body: Resource, at: Location, context: ApiContext): Resource {
  const path = body.subnetwork
    ? toPath(body.subnetwork, at.project, "resource.subnetwork")
    : autoSubnetwork(body.network, at, context);
  const subnet = mustExist(path, context);
  const wanted = body.address;
  const address = wanted === undefined || wanted === "" ? freeAddress(subnet, context) : String(wanted);
  if (!isInSubnet(address, subnet)) {
    throw invalid(
      "resource.address",
      address,
      `Specified IP address is not in the range of subnetwork '${path}'.`,
    );
  }
  // An instance that has the address without a reservation keeps it.
  const user = internalUser(address, selfLink(path), context.store);
  return {
    address,
    addressType: "INTERNAL",
    purpose: "GCE_ENDPOINT",
    subnetwork: selfLink(path),
    ...(user ? { status: "IN_USE", users: [selfLink(user)] } : {}),
  };
}
