import { parseIpv4 } from "../../../core/cidr";
import type { ApiContext, Collection, Location } from "../collection";
import { ApiError, invalid, required } from "../errors";
import { fingerprint } from "../fingerprint";
import { instanceIp, toHostSpec } from "../hostSpec";
import { attachedDisks, createNewDisks, releaseDisks, undoDisks } from "../instanceDisks";
import { machineTypeLink } from "../machineTypes";
import { selfLink, toPath } from "../paths";
import { mustExist } from "../references";
import type { Resource } from "../store";
import { freeAddress, isInSubnet } from "../subnetAddresses";
import { enforceFirewall } from "./firewalls";

export const instances: Collection = {
  name: "instances",
  scope: "zone",
  kind: "compute#instance",
  fields: [
    "name",
    "description",
    "machineType",
    "zone",
    "canIpForward",
    "tags",
    "labels",
    "metadata",
    "disks",
    "networkInterfaces",
    "scheduling",
    "serviceAccounts",
    "shieldedInstanceConfig",
    "deletionProtection",
    "minCpuPlatform",
    "guestAccelerators",
    "params",
    "advancedMachineFeatures",
    "confidentialInstanceConfig",
    "displayDevice",
    "reservationAffinity",
    "networkPerformanceConfig",
    "resourcePolicies",
    "hostname",
    "keyRevocationActionType",
    "shieldedInstanceIntegrityPolicy",
  ],
  required: ["name", "machineType", "disks", "networkInterfaces"],
  patchable: [],
  complete,
  created: async (path, resource, context) => {
    try {
      await createNewDisks(resource, context);
      markAddress(path, resource, context, true);
      await context.backend.start(toHostSpec(resource, context.store));
      await enforceFirewall(context);
    } catch (error) {
      await undo(path, resource, context);
      throw error;
    }
  },
  undone: undo,
  deleting: async (path, resource) => {
    if (resource.deletionProtection === true) {
      throw invalid("resource", path, "Resource cannot be deleted if it's protected against deletion.");
    }
  },
  releasing: async (path, resource, context) => {
    await context.backend.destroy(String(resource.name));
    await releaseDisks(path, resource, context);
    markAddress(path, resource, context, false);
  },
  deleted: (_path, context) => enforceFirewall(context),
};

/** Leaves nothing, so that the next attempt does not find its disk taken. */
async function undo(path: string, resource: Resource, context: ApiContext): Promise<void> {
  await context.backend.destroy(String(resource.name)).catch(() => undefined);
  await undoDisks(path, resource, context);
  markAddress(path, resource, context, false);
}

function complete(body: Resource, at: Location, context: ApiContext): Resource {
  const path = `projects/${at.project}/${at.scope}/instances/${String(body.name)}`;
  const nic = networkInterface(body, at, context);
  mustBeFree(String(nic.networkIP), path, context);
  const accounts = (body.serviceAccounts as { email: string; scopes: string[] }[] | undefined) ?? [];
  for (const { email } of accounts) {
    if (email !== "default") mustExist(`projects/${at.project}/serviceAccounts/${email}`, context);
  }
  // Left out of the stored body: GCE answers them only where they were set.
  const disks = body.disks as Resource[];
  if (disks.filter((disk) => disk.boot === true).length !== 1) throw required("resource.disks[0].boot");
  const tags = (body.tags as { items?: string[] } | undefined)?.items;
  const items = (body.metadata as { items?: Resource[] } | undefined)?.items;
  return {
    canIpForward: false,
    deletionProtection: false,
    ...body,
    machineType: machineTypeLink(body.machineType, at),
    status: "RUNNING",
    cpuPlatform: "Intel Broadwell",
    startRestricted: false,
    lastStartTimestamp: new Date().toISOString(),
    tags: { ...(tags ? { items: tags } : {}), fingerprint: fingerprint(tags ?? []) },
    labelFingerprint: fingerprint(body.labels ?? {}),
    metadata: {
      kind: "compute#metadata",
      ...(items ? { items } : {}),
      fingerprint: fingerprint(items ?? []),
    },
    scheduling: {
      onHostMaintenance: "MIGRATE",
      automaticRestart: true,
      preemptible: false,
      provisioningModel: "STANDARD",
      ...(body.scheduling as object | undefined),
    },
    shieldedInstanceIntegrityPolicy: { updateAutoLearnPolicy: true },
    disks: attachedDisks(disks, path, String(body.name), at, context),
    networkInterfaces: [nic],
  };
}

function networkInterface(body: Resource, at: Location, context: ApiContext): Resource {
  const nics = body.networkInterfaces as Resource[];
  const given = nics[0];
  if (nics.length !== 1 || !given)
    throw invalid(
      "resource.networkInterfaces",
      nics.length,
      "The lab gives an instance one network interface.",
    );
  const subnetPath = toPath(given.subnetwork, at.project, "resource.networkInterfaces[0].subnetwork");
  const subnet = mustExist(subnetPath, context);
  const region = at.scope.replace(/^zones\/(.*)-[a-z]$/, "regions/$1");
  if (!subnetPath.includes(`/${region}/`)) {
    throw invalid(
      "resource.networkInterfaces[0].subnetwork",
      given.subnetwork,
      `The subnetwork is not in the instance's region ${region}.`,
    );
  }
  const networkIP = given.networkIP ? String(given.networkIP) : freeAddress(subnet, context);
  if (parseIpv4(networkIP) === undefined || !isInSubnet(networkIP, subnet)) {
    throw invalid(
      "resource.networkInterfaces[0].networkIP",
      networkIP,
      "IP address is outside the range of the subnetwork.",
    );
  }
  const access = (given.accessConfigs as Resource[] | undefined)?.map((config) => ({
    kind: "compute#accessConfig",
    type: "ONE_TO_ONE_NAT",
    name: "external-nat",
    networkTier: "PREMIUM",
    // From another range kept for documentation than reserved addresses.
    natIP: `198.51.100.${networkIP.split(".").pop()}`,
    ...config,
  }));
  return {
    kind: "compute#networkInterface",
    name: "nic0",
    network: subnet.network,
    subnetwork: selfLink(subnetPath),
    networkIP,
    stackType: "IPV4_ONLY",
    fingerprint: fingerprint([networkIP, access]),
    ...(access && access.length > 0 ? { accessConfigs: access } : {}),
  };
}

/** An address belongs to one instance; a reserved one may be used by an instance that names it. */
function mustBeFree(ip: string, path: string, { store }: ApiContext): void {
  const holder = store
    .list("projects/")
    .find(({ resource }) => resource.kind === "compute#instance" && instanceIp(resource) === ip);
  if (holder && holder.path !== path) {
    throw new ApiError(
      400,
      "ipInUseByAnotherResource",
      `IP '${ip}' is already being used by another resource.`,
    );
  }
}

/** Notes in a reserved address whether this instance uses it. */
function markAddress(path: string, instance: Resource, { store }: ApiContext, used: boolean): void {
  const ip = instanceIp(instance);
  for (const { path: at, resource } of store.list("projects/")) {
    if (resource.kind !== "compute#address" || resource.address !== ip) continue;
    const { users: _users, ...rest } = resource;
    store.put(
      at,
      used ? { ...rest, status: "IN_USE", users: [selfLink(path)] } : { ...rest, status: "RESERVED" },
    );
  }
}
