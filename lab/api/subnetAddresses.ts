import { addressAt, overlaps, parseCidr, parseIpv4 } from "../../core/cidr";
import type { ApiContext } from "./collection";
import { ApiError } from "./errors";
import { instanceIp } from "./hostSpec";
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
