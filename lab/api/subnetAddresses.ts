import { addressAt, overlaps, parseCidr, parseIpv4 } from "../../core/cidr";
import type { ApiContext } from "./collection";
import { ApiError } from "./errors";
import { instanceIp } from "./hostSpec";
import type { OperationError } from "./operation";
import type { Resource } from "./store";

/** True when the address may be given out in the subnet: GCE keeps the first two and the last two. */
export function isInSubnet(address: string, subnet: Resource): boolean {
  const cidr = parseCidr(String(subnet.ipCidrRange));
  const value = parseIpv4(address);
  if (!cidr || value === undefined || !overlaps(cidr, { base: value, prefixLength: 32 })) return false;
  const offset = value - cidr.base;
  const size = 2 ** (32 - cidr.prefixLength);
  return offset >= 2 && offset < size - 2;
}

/** The lowest address of the subnet that is neither reserved nor in use. */
export function freeAddress(subnet: Resource, { store }: ApiContext): string {
  const cidr = parseCidr(String(subnet.ipCidrRange));
  if (!cidr) throw new Error(`subnet ${String(subnet.name)} has no range`);
  const taken = new Set(
    store
      .list("projects/")
      .map(({ resource }) =>
        resource.kind === "compute#instance" ? instanceIp(resource) : String(resource.address),
      ),
  );
  for (let offset = 2; ; offset++) {
    const address = addressAt(cidr, offset);
    if (!isInSubnet(address, subnet)) {
      throw new ApiError(400, "ipSpaceExhausted", `IP space of '${String(subnet.name)}' is exhausted.`);
    }
    if (!taken.has(address)) return address;
  }
}

/** Why the insert at a path cannot have its internal address: one of its kind has it. Google tells it late. */
export function takenAddress(
  path: string,
  address: string,
  has: (other: Resource) => boolean,
  { store }: ApiContext,
): OperationError | undefined {
  if (!store.list("projects/").some((other) => other.path !== path && has(other.resource))) return undefined;
  return {
    httpStatus: [409, "CONFLICT"],
    code: "IP_IN_USE_BY_ANOTHER_RESOURCE",
    message: `IP '${address}' is already being used by another resource.`,
  };
}
