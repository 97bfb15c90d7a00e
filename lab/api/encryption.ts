import { ApiError, invalid } from "./errors";
import { linkedPath, toPath } from "./paths";
import type { Resource } from "./store";

const KEY = /^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+/;
const VERSION = /\/cryptoKeyVersions\/\d+$/;

/**
 * The key that a new disk or image is encrypted by: of a key of Cloud KMS, its primary version. The lab keeps
 * the name and encrypts nothing.
 *
 * @param field of the body, such as `resource.diskEncryptionKey`
 * @throws 501 for a key that the caller brings along.
 */
export function encryptionKey(given: unknown, field: string): Resource | undefined {
  if (!given) return undefined;
  const { kmsKeyName, ...others } = given as Resource;
  for (const part of ["rawKey", "rsaEncryptedKey"])
    if (others[part])
      throw new ApiError(501, "notImplemented", `the lab does not implement ${field}.${part}`);
  const name = String(kmsKeyName ?? "");
  const rest = name.replace(KEY, "").replace(VERSION, "");
  if (!KEY.test(name) || rest !== "") {
    throw invalid(
      `${field}.kmsKeyName`,
      name,
      "Must be projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY.",
    );
  }
  return { ...others, kmsKeyName: VERSION.test(name) ? name : `${name}/cryptoKeyVersions/1` };
}

/** @throws 400 when a key is given that is not the disk's; a disk of Cloud KMS needs none. */
export function checkKey(given: unknown, disk: Resource, field: string): void {
  if (!given) return;
  const wanted = String((given as Resource).kmsKeyName ?? "");
  const used = String((disk.diskEncryptionKey as Resource | undefined)?.kmsKeyName ?? "");
  if (wanted !== used && wanted !== used.replace(VERSION, ""))
    throw invalid(field, wanted, `The disk is encrypted by '${used}'.`);
}

/** Checks the keys that a start names for an instance's disks. */
export function checkKeys(instance: Resource, named: unknown, project: string): void {
  for (const [index, { source, diskEncryptionKey }] of ((named ?? []) as Resource[]).entries()) {
    const path = toPath(source, project, `disks[${index}].source`);
    const disk = (instance.disks as Resource[]).find((attached) => linkedPath(attached.source) === path);
    if (!disk) throw invalid(`disks[${index}].source`, source, "The disk is not attached to the instance.");
    checkKey(diskEncryptionKey, disk, `disks[${index}].diskEncryptionKey`);
  }
}
