import type { ApiContext, Location } from "./collection";
import { ApiError, invalid } from "./errors";
import { baseName, selfLink, toPath } from "./paths";
import { mustExist } from "./references";
import type { Resource, Store } from "./store";

// From ranges kept for documentation: nothing outside of the lab has them.
const EPHEMERAL = "198.51.100.";
const RESERVED = "203.0.113.";
const LAST_GIVEN = "addresses/last-ephemeral";

/** The next address of the pool: the one after the last that was given, so that no one gets his old one back. */
export function ephemeralAddress(store: Store): string {
  const taken = takenAddresses(store);
  const last = Number(store.get(LAST_GIVEN)?.last ?? 9);
  for (let step = 1; step <= 254; step++) {
    const host = ((last + step - 1) % 254) + 1;
    if (taken.has(EPHEMERAL + host)) continue;
    store.put(LAST_GIVEN, { last: host });
    return EPHEMERAL + host;
  }
  throw new ApiError(403, "quotaExceeded", "Quota 'IN_USE_ADDRESSES' exceeded.");
}

/** An address to reserve: the first that is free, or the ephemeral one of an instance that asks to keep it. */
export function reservedAddress(wanted: unknown, at: Location, { store }: ApiContext): Resource {
  const taken = takenAddresses(store);
  if (wanted) {
    const user = externalUser(String(wanted), at, store);
    if (!user || addressResource(String(wanted), store)) {
      throw invalid(
        "resource.address",
        wanted,
        "Specified IP address is not allocated to the project or does not belong to the specified scope.",
      );
    }
    return { address: wanted, status: "IN_USE", users: [selfLink(user)] };
  }
  for (let host = 10; host < 255; host++)
    if (!taken.has(RESERVED + host)) return { address: RESERVED + host };
  throw new ApiError(403, "quotaExceeded", "Quota 'STATIC_ADDRESSES' exceeded.");
}

/**
 * The address of an access config that names one, by value or link.
 *
 * @throws 400 unless it is an external address of the region that nothing else uses.
 */
export function namedExternalAddress(
  wanted: unknown,
  instancePath: string,
  at: Location,
  context: ApiContext,
): string {
  const field = "resource.networkInterfaces[0].accessConfigs[0].natIP";
  const region = baseName(regionOf(at));
  const address = String(wanted).includes("/")
    ? String(mustExist(toPath(wanted, at.project, field), context).address)
    : String(wanted);
  const found = addressResource(address, context.store);
  if (!found?.path.startsWith(`projects/${at.project}/${regionOf(at)}/`)) {
    throw invalid(
      field,
      wanted,
      `The specified external IP address '${address}' was not found in region '${region}'.`,
    );
  }
  const users = ((found.resource.users ?? []) as string[]).filter((user) => user !== selfLink(instancePath));
  if (users.length > 0) {
    throw new ApiError(
      400,
      "invalidResourceUsage",
      `Invalid resource usage: 'External IP address: ${address} is already in-use.'.`,
    );
  }
  return address;
}

/** True for an address that somebody reserved; the others go back to the pool when their VM stops. */
export function isReserved(address: unknown, store: Store): boolean {
  return addressResource(String(address), store) !== undefined;
}

/** `regions/R` of a zone or region. */
export function regionOf({ scope }: Location): string {
  return scope.replace(/^zones\/(.*)-[a-z]$/, "regions/$1");
}

function addressResource(address: string, store: Store) {
  return store
    .list("projects/")
    .find(
      ({ resource }) =>
        resource.kind === "compute#address" &&
        resource.addressType === "EXTERNAL" &&
        resource.address === address,
    );
}

function externalUser(address: string, at: Location, store: Store): string | undefined {
  const zones = `projects/${at.project}/${at.scope.replace("regions/", "zones/")}-`;
  return store
    .list(zones)
    .find(({ resource }) => resource.kind === "compute#instance" && natIps(resource).includes(address))?.path;
}

function takenAddresses(store: Store): Set<string> {
  const taken = store.list("projects/").flatMap(({ resource }) => {
    if (resource.kind === "compute#instance") return natIps(resource);
    return resource.kind === "compute#address" ? [String(resource.address)] : [];
  });
  return new Set(taken);
}

/** The external addresses that an instance has now. */
export function natIps(instance: Resource): string[] {
  return (instance.networkInterfaces as Resource[])
    .flatMap(({ accessConfigs }) => (accessConfigs ?? []) as Resource[])
    .flatMap(({ natIP }) => (natIP ? [String(natIP)] : []));
}
