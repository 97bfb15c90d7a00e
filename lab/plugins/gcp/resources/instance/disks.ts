import { fromRest } from "../../rest/mapping";
import { bool, int, kmsKey, linkTo, list, map, object, output, string, strings } from "../../schema/fields";
import { sameImage } from "../../schema/images";
import { basename, expandLink, fullLink, type Place, relativeLink, sameLink } from "../../schema/links";
import type { Field, JsonObject, Plain, Props } from "../../schema/types";
import { atLeast, oneOf } from "../../schema/validators";

const NOT_IN_LAB = { notInLab: true };
const NEW = { forceNew: true };
const MODE = oneOf("READ_WRITE", "READ_ONLY");

const encryption = (forceNew: boolean): Record<string, Field> => ({
  diskEncryptionKeyRaw: string({ forceNew, notInLab: true }),
  diskEncryptionKeyRsa: string({ forceNew, notInLab: true }),
  diskEncryptionKeySha256: output(),
  diskEncryptionServiceAccount: string({ forceNew, notInLab: true }),
  kmsKeySelfLink: kmsKey({ forceNew, computed: true }),
  forceAttach: bool({ default: false, forceNew: true, notInLab: true }),
});

const imageKey = object(
  {
    kmsKeySelfLink: string({ ...NEW, computed: true }),
    kmsKeyServiceAccount: string(NEW),
    rawKey: string(NEW),
    rsaEncryptedKey: string(NEW),
    sha256: output(),
  },
  NOT_IN_LAB,
);

/** The disks of an instance: the boot disk made with it, and others that exist already. */
export const disks: Record<string, Field> = {
  attachedDisks: list(
    object({
      source: string({ required: true, same: sameLink, rest: linkTo("disks", "zone") }),
      deviceName: string({ computed: true }),
      mode: string({ default: "READ_WRITE", validate: MODE }),
      ...encryption(false),
    }),
    { tf: "attached_disk", rest: false },
  ),
  bootDisk: object(
    {
      autoDelete: bool({ default: true }),
      deviceName: string({ ...NEW, computed: true }),
      guestOsFeatures: strings({ ...NEW, computed: true, notInLab: true }),
      initializeParams: object(
        {
          image: string({ ...NEW, computed: true, same: sameImage }),
          size: int({ computed: true, validate: atLeast(1) }),
          type: string({ ...NEW, computed: true }),
          labels: map({ computed: true }),
          architecture: string({
            ...NEW,
            computed: true,
            validate: oneOf("X86_64", "ARM64"),
            notInLab: true,
          }),
          enableConfidentialCompute: bool({ ...NEW, notInLab: true }),
          provisionedIops: int({ ...NEW, computed: true, notInLab: true }),
          provisionedThroughput: int({ ...NEW, computed: true, notInLab: true }),
          replicaZones: strings({ ...NEW, notInLab: true }),
          resourceManagerTags: map({ ...NEW, notInLab: true }),
          resourcePolicies: string({ ...NEW, computed: true, notInLab: true }),
          snapshot: string({ ...NEW, computed: true, same: sameLink, notInLab: true }),
          sourceImageEncryptionKey: imageKey,
          sourceSnapshotEncryptionKey: imageKey,
          storagePool: string({ ...NEW, same: sameLink, notInLab: true }),
        },
        { ...NEW, computed: true },
      ),
      interface: string({ ...NEW, validate: oneOf("SCSI", "NVME") }),
      mode: string({ ...NEW, default: "READ_WRITE", validate: MODE }),
      source: string({ ...NEW, computed: true, same: sameLink }),
      ...encryption(true),
    },
    { required: true, forceNew: true, rest: false },
  ),
};

/** A boot disk as an instance's body has it; the image is resolved by the caller. */
export function bootDiskToRest(boot: Props, image: string | undefined, place: Place): JsonObject {
  const params = boot.initializeParams as Props | undefined;
  return {
    boot: true,
    autoDelete: boot.autoDelete as boolean,
    ...text("deviceName", boot.deviceName),
    ...text("interface", boot.interface),
    ...text("mode", boot.mode),
    ...encryptionToRest(boot),
    ...(boot.source ? { source: expandLink(String(boot.source), "disks", "zone", place) } : {}),
    ...(params
      ? {
          initializeParams: {
            ...(image === undefined ? {} : { sourceImage: image }),
            ...(params.size ? { diskSizeGb: String(params.size) } : {}),
            ...(params.type ? { diskType: expandLink(String(params.type), "diskTypes", "zone", place) } : {}),
            ...(params.labels ? { labels: params.labels as JsonObject } : {}),
          },
        }
      : {}),
  };
}

/** The boot disk's properties, from the instance's entry and the disk itself. */
export function bootDiskFromRest(entry: JsonObject, disk: JsonObject | undefined): Props {
  return {
    autoDelete: entry.autoDelete === true,
    deviceName: entry.deviceName,
    mode: entry.mode ?? "READ_WRITE",
    source: fullLink(String(entry.source)),
    forceAttach: false,
    ...encryptionFromRest(entry),
    ...text("interface", entry.interface === "SCSI" ? undefined : entry.interface),
    ...(disk
      ? {
          initializeParams: {
            image: typeof disk.sourceImage === "string" ? fullLink(disk.sourceImage) : "",
            size: Number(disk.sizeGb),
            type: basename(String(disk.type)),
            labels: (disk.labels ?? {}) as Props,
          },
        }
      : {}),
  } as Props;
}

/** An attached disk as the API has it. */
export function attachedDiskToRest(disk: Props, place: Place): JsonObject {
  return {
    source: expandLink(String(disk.source), "disks", "zone", place),
    mode: disk.mode as string,
    ...text("deviceName", disk.deviceName),
    ...encryptionToRest(disk),
  };
}

function encryptionToRest({ kmsKeySelfLink: key }: Props): JsonObject {
  return typeof key === "string" && key !== "" ? { diskEncryptionKey: { kmsKeyName: key } } : {};
}

function encryptionFromRest({ diskEncryptionKey: key }: JsonObject): Props {
  const fields = { kmsKeySelfLink: kmsKey() };
  return typeof key === "object" && key !== null ? fromRest(fields, key as JsonObject) : {};
}

/** The attached disks, in the program's order; those it doesn't know come last. */
export function attachedDisksFromRest(entries: JsonObject[], known: Plain): Props[] {
  const order = (Array.isArray(known) ? known : []).map((disk) => String((disk as Props).source));
  const rank = (entry: JsonObject): number => {
    const index = order.findIndex((source) => sameLink(String(entry.source), source));
    return index === -1 ? order.length : index;
  };
  return entries
    .filter((entry) => entry.boot !== true)
    .sort((a, b) => rank(a) - rank(b))
    .map((entry) => ({
      source: fullLink(String(entry.source)),
      deviceName: entry.deviceName as string,
      mode: (entry.mode as string | undefined) ?? "READ_WRITE",
      forceAttach: false,
      ...encryptionFromRest(entry),
    }));
}

/** True when both ask for the same attachment. */
export function sameAttachment(a: JsonObject, b: JsonObject): boolean {
  return (
    relativeLink(String(a.source)) === relativeLink(String(b.source)) &&
    a.mode === b.mode &&
    JSON.stringify(a.diskEncryptionKey) === JSON.stringify(b.diskEncryptionKey) &&
    (a.deviceName === undefined || b.deviceName === undefined || a.deviceName === b.deviceName)
  );
}

function text(key: string, value: Plain): JsonObject {
  return typeof value === "string" && value !== "" ? { [key]: value } : {};
}
