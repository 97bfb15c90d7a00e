import { notFound } from "./errors";
import { selfLink } from "./paths";

/** Image families that answer, with the newest image of each; the guest is Debian 12 whatever the name. */
const FAMILIES: Readonly<Record<string, string>> = {
  "debian-cloud/debian-12": "debian-12-bookworm-v20261111",
  "debian-cloud/debian-12-arm64": "debian-12-bookworm-arm64-v20261111",
  "ubuntu-os-cloud/ubuntu-2204-lts": "ubuntu-2204-jammy-v20261105",
};

/** The image resource of a family, or 404 as for the families that Google has retired. */
export function familyImage(project: string, family: string): Record<string, unknown> {
  const name = FAMILIES[`${project}/${family}`];
  if (!name) throw notFound(`projects/${project}/global/images/family/${family}`);
  return image(project, name, family);
}

/** One image by name. */
export function namedImage(project: string, name: string): Record<string, unknown> {
  const known = Object.entries(FAMILIES).find(
    ([key, newest]) => key.startsWith(`${project}/`) && newest === name,
  );
  if (!known) throw notFound(`projects/${project}/global/images/${name}`);
  return image(project, name, known[0].split("/")[1] ?? "");
}

/** The image that a reference means today: a family resolves to its newest image. */
export function imageLink(reference: string): string {
  const [, project = "", family, name = ""] =
    /projects\/([^/]+)\/global\/images\/(family\/)?([^/]+)$/.exec(reference) ?? [];
  return String((family ? familyImage(project, name) : namedImage(project, name)).selfLink);
}

function image(project: string, name: string, family: string): Record<string, unknown> {
  return {
    kind: "compute#image",
    id: "7000000000000000001",
    name,
    family,
    status: "READY",
    diskSizeGb: "10",
    architecture: name.includes("arm64") ? "ARM64" : "X86_64",
    selfLink: selfLink(`projects/${project}/global/images/${name}`),
  };
}
