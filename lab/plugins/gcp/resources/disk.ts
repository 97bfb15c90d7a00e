import type { Resource, Work } from "../engine/operations";
import { waitForOperation } from "../rest/operation";
import {
  bool,
  creationTimestamp,
  deletionPolicy,
  int,
  kmsKey,
  labels,
  link,
  linkTo,
  nameOf,
  object,
  output,
  params,
  project,
  selfLink,
  set,
  string,
  strings,
  zone,
} from "../schema/fields";
import { sameImage } from "../schema/images";
import { relativeLink } from "../schema/links";
import type { Field, JsonObject, Props, ResourceSchema } from "../schema/types";
import { gceName } from "../schema/validators";
import { computeOperations, goneOr, projectOf } from "./computeOperations";

const NEW = { forceNew: true };
const NOT_IN_LAB = { ...NEW, notInLab: true };

const key = (...names: string[]): Field =>
  object({ ...Object.fromEntries(names.map((name) => [name, string(NEW)])), sha256: output() }, NOT_IN_LAB);

const schema: ResourceSchema = {
  type: "gcp:compute/disk:Disk",
  label: "Disk",
  idFormat: "projects/{project}/zones/{zone}/disks/{name}",
  autoName: true,
  failsAsItWas: true,
  labels: true,
  customizeDiff: (olds, news) => shrinks(olds, news),
  fields: {
    name: string({ required: true, forceNew: true, validate: gceName }),
    description: string(NEW),
    size: int({ computed: true, rest: "sizeGb" }),
    type: link({ default: "pd-standard", forceNew: true, rest: nameOf("diskTypes", "zone") }),
    image: string({ forceNew: true, same: sameImage, rest: "sourceImage" }),
    snapshot: link({ forceNew: true, rest: linkTo("snapshots", "global", "sourceSnapshot") }),
    physicalBlockSizeBytes: int({ computed: true, forceNew: true }),
    guestOsFeatures: set(object({ type: string({ required: true, forceNew: true }) }), {
      computed: true,
      forceNew: true,
    }),
    licenses: strings({ computed: true, forceNew: true }),
    resourcePolicies: strings({ computed: true, forceNew: true }),
    accessMode: string({ computed: true, notInLab: true }),
    architecture: string(NOT_IN_LAB),
    asyncPrimaryDisk: object({ disk: string({ required: true, forceNew: true }) }, NOT_IN_LAB),
    createSnapshotBeforeDestroy: bool({ notInLab: true }),
    createSnapshotBeforeDestroyPrefix: string({ notInLab: true }),
    diskEncryptionKey: object(
      {
        kmsKeySelfLink: kmsKey(NEW),
        kmsKeyServiceAccount: string(NEW),
        rawKey: string(NOT_IN_LAB),
        rsaEncryptedKey: string(NOT_IN_LAB),
        sha256: output(),
      },
      NEW,
    ),
    enableConfidentialCompute: bool({ computed: true, ...NOT_IN_LAB }),
    eraseWindowsVssSignature: bool({ default: false, zeroRecorded: true, ...NOT_IN_LAB }),
    interface: string({ default: "SCSI", deprecated: true, forceNew: true, same: () => true, rest: false }),
    multiWriter: bool(NOT_IN_LAB),
    provisionedIops: int({ computed: true, notInLab: true }),
    provisionedThroughput: int({ computed: true, notInLab: true }),
    sourceDisk: link(NOT_IN_LAB),
    sourceImageEncryptionKey: key("kmsKeySelfLink", "kmsKeyServiceAccount", "rawKey"),
    sourceInstantSnapshot: link(NOT_IN_LAB),
    sourceSnapshotEncryptionKey: key("kmsKeySelfLink", "kmsKeyServiceAccount", "rawKey"),
    sourceStorageObject: string(NOT_IN_LAB),
    storagePool: link(NOT_IN_LAB),
    diskId: output(string({ rest: "id" })),
    lastAttachTimestamp: output(),
    lastDetachTimestamp: output(),
    sourceDiskId: output(),
    sourceImageId: output(),
    sourceInstantSnapshotId: output(),
    sourceSnapshotId: output(),
    users: output(strings()),
    ...labels,
    ...params,
    ...project,
    ...zone,
    ...deletionPolicy,
    ...creationTimestamp,
    ...selfLink,
  },
};

/** A disk can grow in place; a smaller one is a new one. */
function shrinks(olds: Props | undefined, news: Props): boolean {
  return typeof olds?.size === "number" && typeof news.size === "number" && news.size < olds.size;
}

/** A disk in use can't be deleted: GCE's provider takes it off every instance first. */
async function detachFromUsers(work: Work, id: string, live: JsonObject): Promise<void> {
  for (const user of (live.users as string[] | undefined) ?? []) {
    const path = relativeLink(user);
    const instance = await work.compute.get(path, work.signal).catch(goneOr(`Instance "${path}"`));
    const disks = (instance?.disks ?? []) as { source?: string; deviceName?: string }[];
    for (const disk of disks.filter((d) => relativeLink(d.source ?? "") === id)) {
      const query = { deviceName: disk.deviceName ?? "" };
      const started = await work.compute.send("POST", `${path}/detachDisk`, undefined, work.signal, query);
      await waitForOperation(work, projectOf(path), started, "Detaching disk");
    }
  }
}

/** A zonal persistent disk. */
export const disk: Resource = {
  schema,
  operations: computeOperations(schema, {
    update: [{ method: "POST", verb: "/resize", properties: ["size"] }],
    beforeDelete: detachFromUsers,
  }),
};
