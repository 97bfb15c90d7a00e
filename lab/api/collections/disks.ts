import type { Collection, Location } from "../collection";
import { ApiError, inUse, invalid } from "../errors";
import { fingerprint } from "../fingerprint";
import { diskId } from "../hostSpec";
import { imageLink } from "../images";
import { baseName, selfLink } from "../paths";
import type { Resource } from "../store";

export const DISK_TYPES = [
  "pd-standard",
  "pd-balanced",
  "pd-ssd",
  "pd-extreme",
  "hyperdisk-balanced",
  "hyperdisk-extreme",
];

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
    "accessMode",
    "enableConfidentialCompute",
    "resourcePolicies",
  ],
  required: ["name"],
  patchable: [],
  complete: (body, at) => {
    const sizeGb = Number(body.sizeGb ?? 500);
    if (!Number.isInteger(sizeGb) || sizeGb < 1)
      throw invalid("resource.sizeGb", body.sizeGb, "Disk size must be at least 1 GB.");
    return {
      ...body,
      status: "READY",
      sizeGb: String(sizeGb),
      type: diskTypeLink(body.type, at),
      physicalBlockSizeBytes: "4096",
      labelFingerprint: fingerprint(body.labels ?? {}),
      ...(body.sourceImage ? { sourceImage: imageLink(String(body.sourceImage)) } : {}),
      zone: selfLink(`projects/${at.project}/${at.scope}`),
    };
  },
  created: (_path, resource, { backend }) =>
    backend.createDisk({ id: diskId(resource), sizeGb: Number(resource.sizeGb) }),
  deleting: async (path, resource) => {
    const user = (resource.users as string[] | undefined)?.[0];
    if (user) throw inUse(path, user.replace(/^.*\/compute\/v1\//, ""));
  },
  releasing: (_path, resource, { backend }) => backend.deleteDisk(diskId(resource)),
};

/** The link of a disk type given by name or link. */
export function diskTypeLink(type: unknown, at: Location): string {
  const name = type === undefined ? "pd-standard" : baseName(String(type));
  if (!DISK_TYPES.includes(name))
    throw invalid("resource.type", type, `The disk type '${name}' was not found.`);
  return selfLink(`projects/${at.project}/${at.scope}/diskTypes/${name}`);
}

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
  return String(after);
}
