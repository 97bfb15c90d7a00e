import type { ApiContext, Location } from "./collection";
import { diskSize, diskTypeLink, provisioned } from "./diskTypes";
import { checkKey, encryptionKey } from "./encryption";
import { alreadyExists, inUse, invalid } from "./errors";
import { fingerprint } from "./fingerprint";
import { diskId } from "./hostSpec";
import { imageOf, inherited } from "./images";
import { checkArchitecture, checkDiskFits } from "./machineTypes";
import { linkedPath, selfLink, toPath } from "./paths";
import { mustExist } from "./references";
import type { Resource } from "./store";

/** The instance that a disk is for. */
export interface DiskUser {
  readonly path: string;
  readonly name: string;
  readonly machineType: unknown;
}

/**
 * A disk as an instance lists it. A disk with `initializeParams` is made now, from an image, and named after
 * the instance; one with a `source` must be free.
 *
 * @throws 400 for a disk that the machine type does not take.
 */
export function attachedDisk(
  disk: Resource,
  index: number,
  user: DiskUser,
  at: Location,
  context: ApiContext,
): Resource {
  const boot = disk.boot === true;
  const params = disk.initializeParams as Resource | undefined;
  const given = params ? undefined : mustExist(takenDisk(disk, at, context), context);
  if (given) checkKey(disk.diskEncryptionKey, given, `resource.disks[${index}].diskEncryptionKey`);
  checkDiskFits(user.machineType, given?.type ?? diskTypeLink(params?.diskType, at), boot);
  if (boot) {
    const image = params && imageOf(params.sourceImage, at.project, context.store);
    checkArchitecture(user.machineType, (given ?? image)?.architecture);
  }
  const path = given ? linkedPath(given.selfLink) : makeDisk(disk, user.name, index, at, context);
  const resource = mustExist(path, context);
  context.store.put(path, { ...resource, users: [selfLink(user.path)] });
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
    ...(resource.diskEncryptionKey ? { diskEncryptionKey: resource.diskEncryptionKey } : {}),
    ...(boot ? { ...inherited(resource), architecture: resource.architecture ?? "X86_64" } : {}),
  };
}

/** The disks of a new instance; when one fails, those before it are released. */
export function attachedDisks(
  disks: readonly Resource[],
  user: DiskUser,
  at: Location,
  context: ApiContext,
): Resource[] {
  const attached: Resource[] = [];
  try {
    for (const [index, disk] of disks.entries()) attached.push(attachedDisk(disk, index, user, at, context));
    return attached;
  } catch (error) {
    for (const [index, { source }] of attached.entries()) {
      const path = linkedPath(source);
      if (disks[index]?.initializeParams) context.store.remove(path);
      else freeDisk(path, user.path, context);
    }
    throw error;
  }
}

/** Makes what is behind the disks that came with a new instance. */
export async function createNewDisks(instance: Resource, { backend, store }: ApiContext): Promise<void> {
  for (const { source } of instance.disks as Resource[]) {
    const disk = store.get(linkedPath(source));
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
    const path = linkedPath(source);
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

/** Frees an instance's disks; those that die with it are removed. */
export async function releaseDisks(
  instancePath: string,
  instance: Resource,
  context: ApiContext,
): Promise<void> {
  for (const attached of instance.disks as Resource[]) {
    const path = linkedPath(attached.source);
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

function makeDisk(
  disk: Resource,
  instanceName: string,
  index: number,
  at: Location,
  context: ApiContext,
): string {
  const params = disk.initializeParams as Resource;
  const name = String(params.diskName ?? (disk.boot === true ? instanceName : `${instanceName}-${index}`));
  const path = `projects/${at.project}/${at.scope}/disks/${name}`;
  if (context.store.get(path)) throw alreadyExists(path);
  const image = params.sourceImage ? imageOf(params.sourceImage, at.project, context.store) : undefined;
  const type = diskTypeLink(params.diskType, at);
  const sizeGb = diskSize(
    params.diskSizeGb,
    type,
    image,
    `resource.disks[${index}].initializeParams.diskSizeGb`,
  );
  const key = encryptionKey(disk.diskEncryptionKey, `resource.disks[${index}].diskEncryptionKey`);
  const resource: Resource = {
    kind: "compute#disk",
    id: context.store.nextId(),
    creationTimestamp: new Date().toISOString(),
    name,
    zone: selfLink(`projects/${at.project}/${at.scope}`),
    selfLink: selfLink(path),
    status: "READY",
    sizeGb,
    type,
    ...provisioned(type, sizeGb, params),
    physicalBlockSizeBytes: "4096",
    ...(image ? { ...inherited(image), sourceImage: image.selfLink, sourceImageId: image.id } : {}),
    ...(params.labels ? { labels: params.labels } : {}),
    ...(key ? { diskEncryptionKey: key } : {}),
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
  if (user) throw inUse(path, linkedPath(user));
  return path;
}
