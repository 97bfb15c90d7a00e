import type { Collection } from "../collection";
import { encryptionKey } from "../encryption";
import { ApiError } from "../errors";
import { fingerprint } from "../fingerprint";
import { imageOf, inherited } from "../images";
import { toPath } from "../paths";
import { publicImages } from "../publicImages";
import { mustExist } from "../references";
import type { Resource } from "../store";

/** A project's own images. Of what is on a disk, an image keeps the operating system only. */
export const images: Collection = {
  name: "images",
  scope: "global",
  kind: "compute#image",
  fields: [
    "name",
    "description",
    "family",
    "labels",
    "sourceDisk",
    "sourceImage",
    "rawDisk",
    "diskSizeGb",
    "licenses",
    "architecture",
    "guestOsFeatures",
    "storageLocations",
    "deprecated",
    "labelFingerprint",
    "imageEncryptionKey",
  ],
  required: ["name"],
  patchable: ["description", "family", "deprecated"],
  // https://cloud.google.com/compute/docs/reference/rest/v1/images/patch
  unpatched: "ignored",
  given: publicImages,
  complete: (body, at, context) => {
    const disk = body.sourceDisk
      ? mustExist(toPath(body.sourceDisk, at.project, "resource.sourceDisk"), context)
      : undefined;
    const image = body.sourceImage ? imageOf(body.sourceImage, at.project, context.store) : undefined;
    const source = disk ?? image;
    if (!source && !body.rawDisk) {
      throw new ApiError(
        400,
        "invalid",
        "Invalid value for field 'resource': ''. A source image, a source disk or a raw disk must be specified.",
      );
    }
    const key = encryptionKey(body.imageEncryptionKey, "resource.imageEncryptionKey");
    return {
      ...inherited(source ?? {}),
      diskSizeGb: String(disk?.sizeGb ?? image?.diskSizeGb ?? 10),
      storageLocations: ["us"],
      ...body,
      status: "READY",
      sourceType: "RAW",
      archiveSizeBytes: "1000000000",
      labelFingerprint: fingerprint(body.labels ?? {}),
      ...(key ? { imageEncryptionKey: key } : {}),
      ...(disk ? { sourceDisk: disk.selfLink, sourceDiskId: disk.id } : {}),
      ...(image ? { sourceImage: image.selfLink, sourceImageId: image.id } : {}),
    };
  },
};

/** `POST …/images/NAME/deprecate`: an empty state takes the deprecation back. */
export function deprecated({ deprecated: _old, ...resource }: Resource, body: Resource): Resource {
  if (!body.state || body.state === "ACTIVE") return resource;
  return { ...resource, deprecated: { ...body, state: body.state } };
}
