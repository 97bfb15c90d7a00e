import { selfLink } from "./paths";
import type { Resource } from "./store";

interface PublicImage {
  /** `PROJECT/FAMILY`. */
  readonly family: string;
  readonly name: string;
  readonly sizeGb: number;
  /** The license that the image, its disks and what is made of them carry: it tells the operating system. */
  readonly license: string;
}

/** The newest image of each family. Most names begin with the family's; Ubuntu's do not. */
const IMAGES: readonly PublicImage[] = [
  debian("debian-11", "debian-11-bullseye", "20260810"),
  debian("debian-11-arm64", "debian-11-bullseye-arm64", "20260810"),
  debian("debian-12", "debian-12-bookworm", "20261111"),
  debian("debian-12-arm64", "debian-12-bookworm-arm64", "20261111"),
  debian("debian-13", "debian-13-trixie", "20261111"),
  debian("debian-13-arm64", "debian-13-trixie-arm64", "20261111"),
  ubuntu("ubuntu-os-cloud/ubuntu-2204-lts", "ubuntu-2204-jammy"),
  ubuntu("ubuntu-os-cloud/ubuntu-2404-lts-amd64", "ubuntu-2404-noble-amd64"),
  ubuntu("ubuntu-os-cloud/ubuntu-2404-lts-arm64", "ubuntu-2404-noble-arm64"),
  ubuntu("ubuntu-os-pro-cloud/ubuntu-pro-2204-lts", "ubuntu-pro-2204-jammy"),
];

/** Projects of Google's with images for everybody. */
const PUBLIC_PROJECTS = [...new Set(IMAGES.map(({ family }) => family.split("/")[0] ?? ""))];

/** True for a project that holds public images and nothing else. */
export function isImageProject(project: string): boolean {
  return PUBLIC_PROJECTS.includes(project);
}

/** The public images of a project. */
export function publicImages(project: string): Resource[] {
  return IMAGES.filter(({ family }) => family.startsWith(`${project}/`)).map((image) =>
    toResource(project, image),
  );
}

function debian(family: string, name: string, version: string): PublicImage {
  const license = `projects/debian-cloud/global/licenses/${name.replace("-arm64", "")}`;
  return { family: `debian-cloud/${family}`, name: `${name}-v${version}`, sizeGb: 10, license };
}

function ubuntu(family: string, name: string): PublicImage {
  const license = `projects/${family.replace("/", "/global/licenses/")}`;
  return { family, name: `${name}-v20261105`, sizeGb: 10, license };
}

function toResource(project: string, { family, name, sizeGb, license }: PublicImage): Resource {
  const day = /v(\d{4})(\d\d)(\d\d)$/.exec(name)?.slice(1).join("-");
  return {
    kind: "compute#image",
    id: String(7_000_000_000_000_000_001n + BigInt(IMAGES.findIndex((image) => image.name === name))),
    creationTimestamp: `${day}T08:00:00.000-08:00`,
    name,
    description: `${name.split("-v")[0]}, of the lab`,
    family: family.split("/")[1],
    status: "READY",
    sourceType: "RAW",
    archiveSizeBytes: "1000000000",
    diskSizeGb: String(sizeGb),
    architecture: name.includes("arm64") ? "ARM64" : "X86_64",
    licenses: [selfLink(license)],
    guestOsFeatures: [{ type: "UEFI_COMPATIBLE" }, { type: "VIRTIO_SCSI_MULTIQUEUE" }, { type: "GVNIC" }],
    storageLocations: ["us"],
    labelFingerprint: "42WmSpB8rSM=",
    selfLink: selfLink(`projects/${project}/global/images/${name}`),
  };
}
