import { parseIpv4 } from "../../core/cidr";
import type { ApiContext, Location } from "./collection";
import { ApiError, invalid } from "./errors";
import { ephemeralAddress, isReserved, namedExternalAddress, natIps, regionOf } from "./externalAddresses";
import { fingerprint } from "./fingerprint";
import { baseName, selfLink, toPath } from "./paths";
import { mustExist } from "./references";
import type { Resource, Store } from "./store";
import { freeAddress, isInSubnet } from "./subnetAddresses";

const FIELD = "resource.networkInterfaces[0]";

/** The network interface of a new instance. */
export function networkInterface(
  body: Resource,
  instancePath: string,
  at: Location,
  context: ApiContext,
): Resource {
  const nics = body.networkInterfaces as Resource[];
  const given = nics[0];
  if (nics.length !== 1 || !given) {
    throw invalid(
      "resource.networkInterfaces",
      nics.length,
      "The lab gives an instance one network interface.",
    );
  }
  const subnetPath = given.subnetwork
    ? toPath(given.subnetwork, at.project, `${FIELD}.subnetwork`)
    : autoSubnetwork(given.network, at, context);
  const subnet = mustExist(subnetPath, context);
  if (!subnetPath.includes(`/${regionOf(at)}/`)) {
    throw invalid(
      `${FIELD}.subnetwork`,
      given.subnetwork,
      `The subnetwork is not in the instance's region ${regionOf(at)}.`,
    );
  }
  const networkIP = internalAddress(given.networkIP, subnet, at, context);
  const configs = ((given.accessConfigs ?? []) as Resource[]).map((config) =>
    accessConfig(config, true, instancePath, at, context),
  );
  if (configs.length > 1) throw invalid(FIELD, "", "Multiple access configs are not supported.");
  return withAccessConfigs(
    {
      kind: "compute#networkInterface",
      name: "nic0",
      network: subnet.network,
      subnetwork: selfLink(subnetPath),
      networkIP,
      stackType: "IPV4_ONLY",
    },
    configs,
  );
}

/** `addAccessConfig`: an external address for an instance that has none. */
export function addAccessConfig(
  instance: Resource,
  instancePath: string,
  nicName: unknown,
  body: Resource,
  at: Location,
  context: ApiContext,
): Resource {
  const nic = nicNamed(instance, nicName);
  if (((nic.accessConfigs ?? []) as Resource[]).length > 0)
    throw new ApiError(400, "badRequest", "At most one access config currently supported.");
  const config = accessConfig(body, instance.status === "RUNNING", instancePath, at, context);
  return { ...instance, networkInterfaces: [withAccessConfigs(nic, [config])] };
}

/** `deleteAccessConfig`. */
export function deleteAccessConfig(instance: Resource, nicName: unknown, name: unknown): Resource {
  const nic = nicNamed(instance, nicName);
  const before = (nic.accessConfigs ?? []) as Resource[];
  const after = before.filter((config) => config.name !== name);
  if (after.length === before.length)
    throw invalid("accessConfig", name, "The access config does not exist on the network interface.");
  return { ...instance, networkInterfaces: [withAccessConfigs(nic, after)] };
}

/** A VM that starts gets an address from the pool where it has none; one that stops gives it back. */
export function withPoolAddresses(instance: Resource, running: boolean, store: Store): Resource {
  const nics = (instance.networkInterfaces as Resource[]).map((nic) => {
    const configs = ((nic.accessConfigs ?? []) as Resource[]).map(({ natIP, ...config }) => {
      if (natIP && (running || isReserved(natIP, store))) return { ...config, natIP };
      return running ? { ...config, natIP: ephemeralAddress(store) } : config;
    });
    return withAccessConfigs(nic, configs);
  });
  return { ...instance, networkInterfaces: nics };
}

/** Notes in reserved addresses, internal and external, that an instance uses them, and takes off the others. */
export function markAddresses(path: string, instance: Resource | undefined, { store }: ApiContext): void {
  const nic = (instance?.networkInterfaces as Resource[] | undefined)?.[0];
  const external = instance ? natIps(instance) : [];
  for (const { path: at, resource } of store.list("projects/")) {
    if (resource.kind !== "compute#address") continue;
    const { users: _users, ...rest } = resource;
    const isUser = ((resource.users ?? []) as string[]).includes(selfLink(path));
    const uses =
      resource.addressType === "EXTERNAL"
        ? external.includes(String(resource.address))
        : nic?.networkIP === resource.address && nic?.subnetwork === resource.subnetwork;
    if (uses && !isUser) store.put(at, { ...rest, status: "IN_USE", users: [selfLink(path)] });
    if (!uses && isUser) store.put(at, { ...rest, status: "RESERVED" });
  }
}

/** The instance in the subnetwork that has an internal address. */
export function internalUser(address: string, subnetwork: string, store: Store): string | undefined {
  return store.list("projects/").find(({ resource }) => {
    if (resource.kind !== "compute#instance") return false;
    const nic = (resource.networkInterfaces as Resource[])[0];
    return nic?.networkIP === address && nic?.subnetwork === subnetwork;
  })?.path;
}

/** The subnetwork that a network without one named means: the region's, of an auto mode network. */
export function autoSubnetwork(network: unknown, at: Location, context: ApiContext): string {
  const networkPath = network
    ? toPath(network, at.project, `${FIELD}.network`)
    : `projects/${at.project}/global/networks/default`;
  const { autoCreateSubnetworks } = mustExist(networkPath, context);
  if (autoCreateSubnetworks !== true)
    throw invalid(FIELD, "", "Subnetwork should be specified for custom subnetmode network");
  return `projects/${at.project}/${regionOf(at)}/subnetworks/${baseName(networkPath)}`;
}

function accessConfig(
  { natIP, ...config }: Resource,
  running: boolean,
  instancePath: string,
  at: Location,
  context: ApiContext,
): Resource {
  const named = natIP ? namedExternalAddress(natIP, instancePath, at, context) : undefined;
  const address = named ?? (running ? ephemeralAddress(context.store) : undefined);
  return {
    kind: "compute#accessConfig",
    type: "ONE_TO_ONE_NAT",
    name: "External NAT",
    networkTier: "PREMIUM",
    ...config,
    ...(address ? { natIP: address } : {}),
  };
}

function withAccessConfigs(
  { accessConfigs: _old, ...nic }: Resource,
  configs: readonly Resource[],
): Resource {
  return {
    ...nic,
    fingerprint: fingerprint([nic.networkIP, configs]),
    ...(configs.length > 0 ? { accessConfigs: configs } : {}),
  };
}

function nicNamed(instance: Resource, name: unknown): Resource {
  const nic = (instance.networkInterfaces as Resource[]).find((one) => one.name === name);
  if (!nic) throw invalid("networkInterface", name, "The network interface does not exist on the instance.");
  return nic;
}

function internalAddress(wanted: unknown, subnet: Resource, at: Location, context: ApiContext): string {
  if (!wanted) return freeAddress(subnet, context);
  const field = `${FIELD}.networkIP`;
  const address = String(wanted).includes("/")
    ? String(mustExist(toPath(wanted, at.project, field), context).address)
    : String(wanted);
  if (parseIpv4(address) === undefined || !isInSubnet(address, subnet))
    throw invalid(field, wanted, "IP address is outside the range of the subnetwork.");
  return address;
}
