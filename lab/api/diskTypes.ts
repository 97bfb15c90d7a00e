import type { Location } from "./collection";
import { ApiError, invalid } from "./errors";
import { baseName, selfLink } from "./paths";
import type { Resource } from "./store";

interface DiskType {
  readonly minGb: number;
  readonly maxGb: number;
  /** The size of a disk that is made without one. */
  readonly defaultGb: number;
  /** Whether a VM can boot from it. */
  readonly boot: boolean;
}

const MAX_GB = 65_536;
const TYPES: { readonly [name: string]: DiskType } = {
  "pd-standard": { minGb: 1, maxGb: MAX_GB, defaultGb: 500, boot: true },
  "pd-balanced": { minGb: 1, maxGb: MAX_GB, defaultGb: 100, boot: true },
  "pd-ssd": { minGb: 1, maxGb: MAX_GB, defaultGb: 100, boot: true },
  "pd-extreme": { minGb: 500, maxGb: MAX_GB, defaultGb: 1000, boot: true },
  "hyperdisk-balanced": { minGb: 4, maxGb: MAX_GB, defaultGb: 100, boot: true },
  "hyperdisk-extreme": { minGb: 64, maxGb: MAX_GB, defaultGb: 1000, boot: false },
  "hyperdisk-throughput": { minGb: 2048, maxGb: 32_768, defaultGb: 2048, boot: false },
};

/**
 * A disk type by name.
 * https://cloud.google.com/compute/docs/disks#disk-types and https://cloud.google.com/compute/docs/disks/hyperdisks
 */
export function diskTypeOf(name: string): DiskType {
  const type = Object.hasOwn(TYPES, name) ? TYPES[name] : undefined;
  if (!type) throw invalid("resource.type", name, `The disk type '${name}' was not found.`);
  return type;
}

/** The link of a disk type given by name or link. @throws 400 when there is none of the name. */
export function diskTypeLink(type: unknown, at: Location): string {
  const name = type === undefined ? "pd-standard" : baseName(String(type));
  if (!Object.hasOwn(TYPES, name))
    throw invalid("resource.type", type, `The disk type '${name}' was not found.`);
  return selfLink(`projects/${at.project}/${at.scope}/diskTypes/${name}`);
}

/**
 * The size of a new disk in GB: what was asked for, else the image's or the type's own.
 *
 * @throws 400 for a size that the type or the image does not allow.
 */
export function diskSize(
  wanted: unknown,
  typeLink: string,
  image: Resource | undefined,
  field: string,
): string {
  const name = baseName(typeLink);
  const sizeGb = Number(wanted ?? image?.diskSizeGb ?? diskTypeOf(name).defaultGb);
  if (!Number.isInteger(sizeGb) || sizeGb < 1)
    throw invalid(field, wanted, "Disk size must be at least 1 GB.");
  const imageGb = Number(image?.diskSizeGb ?? 0);
  if (sizeGb < imageGb)
    throw invalid(field, wanted, `Requested disk size cannot be smaller than the image size (${imageGb} GB)`);
  checkSize(sizeGb, typeLink);
  return String(sizeGb);
}

/** @throws 400 for a size that the type does not allow. */
export function checkSize(sizeGb: number, typeLink: string): void {
  const name = baseName(typeLink);
  const { minGb, maxGb } = diskTypeOf(name);
  const beyond =
    sizeGb < minGb ? `smaller than ${minGb}` : sizeGb > maxGb ? `larger than ${maxGb}` : undefined;
  if (beyond)
    throw new ApiError(400, "badRequest", `Disk size cannot be ${beyond} GB for disk type ${name}.`);
}

/** What Google provisions for a Hyperdisk Balanced that does not say. */
export function provisioned(typeLink: string, sizeGb: string, body: Resource): Resource {
  if (baseName(typeLink) !== "hyperdisk-balanced") return {};
  const gb = Number(sizeGb);
  return {
    provisionedIops: String(body.provisionedIops ?? Math.min(3000 + 6 * gb, 500 * gb, 160_000)),
    provisionedThroughput: String(body.provisionedThroughput ?? Math.min(140 + Math.ceil(1.5 * gb), 2400)),
  };
}
