import type { ApiContext, Collection, Location } from "../collection";
import { stockoutOf } from "../conditions/stockout";
import { invalid, required } from "../errors";
import { fingerprint } from "../fingerprint";
import { instanceIp, toHostSpec } from "../hostSpec";
import { attachedDisks, createNewDisks, releaseDisks, undoDisks } from "../instanceDisks";
import { cpuPlatformOf, machineTypeLink } from "../machineTypes";
import { markAddresses, networkInterface } from "../networkInterfaces";
import { selfLink } from "../paths";
import { mustExist } from "../references";
import type { Resource } from "../store";
import { takenAddress } from "../subnetAddresses";
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
      markAddresses(path, resource, context);
      await context.backend.start(toHostSpec(resource, context.store));
      await enforceFirewall(context);
    } catch (error) {
      await undo(path, resource, context);
      throw error;
    }
  },
  failing: (path, resource, at, context) => {
    const ip = instanceIp(resource);
    // Of whatever VPC: the lab's hosts are all in one.
    const isSame = (other: Resource) => other.kind === "compute#instance" && instanceIp(other) === ip;
    return stockoutOf(resource, at, context) ?? takenAddress(path, ip, isSame, context);
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
    markAddresses(path, undefined, context);
  },
  deleted: (_path, context) => enforceFirewall(context),
};

/** Leaves nothing, so that the next attempt does not find its disk taken. */
async function undo(path: string, resource: Resource, context: ApiContext): Promise<void> {
  await context.backend.destroy(String(resource.name)).catch(() => undefined);
  await undoDisks(path, resource, context);
  markAddresses(path, undefined, context);
}

function complete(body: Resource, at: Location, context: ApiContext): Resource {
  const path = `projects/${at.project}/${at.scope}/instances/${String(body.name)}`;
  const machineType = machineTypeLink(body.machineType, at);
  const nic = networkInterface(body, path, at, context);
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
    machineType,
    zone: selfLink(`projects/${at.project}/${at.scope}`),
    status: "RUNNING",
    cpuPlatform: cpuPlatformOf(machineType),
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
    disks: attachedDisks(disks, { path, name: String(body.name), machineType }, at, context),
    networkInterfaces: [nic],
  };
}
