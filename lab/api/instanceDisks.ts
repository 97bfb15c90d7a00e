import type { ApiContext, Location } from "./collection";
import { diskTypeLink } from "./collections/disks";
import { ApiError, invalid } from "./errors";
import { fingerprint } from "./fingerprint";
import { diskId } from "./hostSpec";
import { imageLink } from "./images";
import { selfLink, toPath } from "./paths";
import { mustExist } from "./references";
import type { Resource } from "./store";

/**
 * A disk as an instance lists it. A disk with `initializeParams` is made now, from an image, and named after
 * the instance; one with a `source` must be free.
 */
export function attachedDisk(
  disk: Resource,
  index: number,
  instancePath: string,
  instanceName: string,
  at: Location,
  context: ApiContext,
): Resource {
  const boot = disk.boot === true;
  const path = disk.initializeParams
    ? makeDisk(disk, instanceName, at, context)
    : takenDisk(disk, at, context);
  const resource = mustExist(path, context);
  context.store.put(path, { ...resource, users: [selfLink(instancePath)] });
  return {
    kind: "compute#attachedDisk",
    index,
    boot,
    autoDelete: disk.autoDelete ?? false,
    mode: disk.mode ?? "READ_WRITE",
    type: "PERSISTENT",
    deviceName: disk.deviceName || `persistent-disk-${index}`,
    source: selfLink(path),
    interface: "SCSI",
    diskSizeGb: resource.sizeGb,
    ...(boot ? { guestOsFeatures: [{ type: "UEFI_COMPATIBLE" }], architecture: "X86_64" } : {}),
  };
}

/** The disks of a new instance; when one cannot be had, those before it are given back. */
export function attachedDisks(
  disks: readonly Resource[],
  instancePath: string,
  instanceName: string,
  at: Location,
  context: ApiContext,
): Resource[] {
  const attached: Resource[] = [];
  try {
    for (const [index, disk] of disks.entries())
      attached.push(attachedDisk(disk, index, instancePath, instanceName, at, context));
    return attached;
  } catch (error) {
    for (const [index, { source }] of attached.entries()) {
      const path = pathOf(source);
      if (disks[index]?.initializeParams) context.store.remove(path);
      else freeDisk(path, instancePath, context);
    }
    throw error;
  }
}

/** Makes what is behind the disks that came with a new instance. */
export async function createNewDisks(instance: Resource, { backend, store }: ApiContext): Promise<void> {
  for (const { source } of instance.disks as Resource[]) {
    const disk = store.get(pathOf(source));
    if (disk && cameWith(instance, disk))
      await backend.createDisk({ id: diskId(disk), sizeGb: Number(disk.sizeGb) });
  }
}

/** Undoes {@link attachedDisks} and {@link createNewDisks} of an instance that could not be started. */
export async function undoDisks(
  instancePath: string,
  instance: Resource,
  { backend, store }: ApiContext,
): Promise<void> {
  for (const { source } of instance.disks as Resource[]) {
    const path = pathOf(source);
    const disk = store.get(path);
    if (!disk) continue;
    if (cameWith(instance, disk)) {
      await backend.deleteDisk(diskId(disk)).catch(() => undefined);
      store.remove(path);
    } else {
      freeDisk(path, instancePath, { backend, store });
    }
  }
}

/** Ids only grow: a disk that was there before the instance has a lower one. */
function cameWith(instance: Resource, disk: Resource): boolean {
  return BigInt(String(disk.id)) > BigInt(String(instance.id));
}

function pathOf(source: unknown): string {
  return String(source).replace(/^.*\/compute\/v1\//, "");
}

/** Frees an instance's disks; those that die with it are removed. */
export async function releaseDisks(
  instancePath: string,
  instance: Resource,
  context: ApiContext,
): Promise<void> {
  for (const attached of instance.disks as Resource[]) {
    const path = pathOf(attached.source);
    const disk = context.store.get(path);
    if (!disk) continue;
    if (attached.autoDelete === true) {
      await context.backend.deleteDisk(diskId(disk));
      context.store.remove(path);
    } else {
      freeDisk(path, instancePath, context);
    }
  }
}

/** Takes an instance off a disk's users. */
export function freeDisk(path: string, instancePath: string, { store }: ApiContext): void {
  const disk = store.get(path);
  if (!disk) return;
  const users = ((disk.users as string[] | undefined) ?? []).filter(
    (user) => user !== selfLink(instancePath),
  );
  const { users: _users, ...rest } = disk;
  store.put(path, users.length > 0 ? { ...rest, users } : rest);
}

function makeDisk(disk: Resource, instanceName: string, at: Location, context: ApiContext): string {
  const params = disk.initializeParams as Resource;
  const name = String(params.diskName ?? instanceName);
  const path = `projects/${at.project}/${at.scope}/disks/${name}`;
  if (context.store.get(path))
    throw new ApiError(409, "alreadyExists", `The resource '${path}' already exists`);
  const resource: Resource = {
    kind: "compute#disk",
    id: context.store.nextId(),
    creationTimestamp: new Date().toISOString(),
    name,
    zone: selfLink(`projects/${at.project}/${at.scope}`),
    selfLink: selfLink(path),
    status: "READY",
    sizeGb: String(params.diskSizeGb ?? 10),
    type: diskTypeLink(params.diskType, at),
    physicalBlockSizeBytes: "4096",
    sourceImage: imageLink(String(params.sourceImage)),
    labels: params.labels,
    labelFingerprint: fingerprint(params.labels ?? {}),
  };
  context.store.put(path, resource);
  return path;
}

function takenDisk(disk: Resource, at: Location, context: ApiContext): string {
  const path = toPath(disk.source, at.project, "resource.disks[].source");
  if (!path.includes(`/${at.scope}/`))
    throw invalid("resource.disks[].source", disk.source, "The disk is not in the instance's zone.");
  const resource = mustExist(path, context);
  const user = (resource.users as string[] | undefined)?.[0];
  if (user) {
    throw new ApiError(
      400,
      "resourceInUseByAnotherResource",
      `The disk resource '${path}' is already being used by '${user.replace(/^.*\/compute\/v1\//, "")}'`,
    );
  }
  return path;
}
