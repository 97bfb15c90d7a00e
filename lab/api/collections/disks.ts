import type { Collection } from "../collection";
import { checkSize, diskSize, diskTypeLink, provisioned } from "../diskTypes";
import { encryptionKey } from "../encryption";
import { ApiError, inUse } from "../errors";
import { fingerprint } from "../fingerprint";
import { diskId } from "../hostSpec";
import { imageOf, inherited } from "../images";
import { linkedPath, selfLink } from "../paths";
import type { Resource } from "../store";

export const disks: Collection = {
  name: "disks",
  scope: "zone",
  kind: "compute#disk",
  fields: [
    "name",
    "description",
    "sizeGb",
    "type",
    "zone",
    "labels",
    "sourceImage",
    "physicalBlockSizeBytes",
    "provisionedIops",
    "provisionedThroughput",
    "accessMode",
    "enableConfidentialCompute",
    "resourcePolicies",
    "labelFingerprint",
    "licenses",
    "guestOsFeatures",
    "architecture",
    "diskEncryptionKey",
  ],
  required: ["name"],
  patchable: [],
  complete: (body, at, { store }) => {
    const image = body.sourceImage ? imageOf(body.sourceImage, at.project, store) : undefined;
    const type = diskTypeLink(body.type, at);
    const sizeGb = diskSize(body.sizeGb, type, image, "resource.sizeGb");
    const key = encryptionKey(body.diskEncryptionKey, "resource.diskEncryptionKey");
    return {
      ...body,
      ...(image ? { ...inherited(image), sourceImage: image.selfLink, sourceImageId: image.id } : {}),
      ...provisioned(type, sizeGb, body),
      ...(key ? { diskEncryptionKey: key } : {}),
      status: "READY",
      sizeGb,
      type,
      physicalBlockSizeBytes: "4096",
      labelFingerprint: fingerprint(body.labels ?? {}),
      zone: selfLink(`projects/${at.project}/${at.scope}`),
    };
  },
  created: (_path, resource, { backend }) =>
    backend.createDisk({ id: diskId(resource), sizeGb: Number(resource.sizeGb) }),
  deleting: async (path, resource) => {
    const user = (resource.users as string[] | undefined)?.[0];
    if (user) throw inUse(path, linkedPath(user));
  },
  releasing: (_path, resource, { backend }) => backend.deleteDisk(diskId(resource)),
};

/** Checks a new size; a disk only grows. */
export function grownSize(disk: Resource, sizeGb: unknown): string {
  const [before, after] = [Number(disk.sizeGb), Number(sizeGb)];
  if (!Number.isInteger(after) || after <= before) {
    throw new ApiError(
      400,
      "invalid",
      `Invalid value for field 'sizeGb': '${String(sizeGb)}'. New disk size '${after}' must be larger than existing size '${before}'.`,
    );
  }
  checkSize(after, String(disk.type));
  return String(after);
}
