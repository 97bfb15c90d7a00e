import { basename, linkPart } from "./links";
import type { Plain } from "./types";

/**
 * True when a disk made from the old image satisfies the wanted one. A family matches by name alone, as in the
 * official provider: no look-up, so a family that moves on replaces nothing.
 */
export function sameImage(old: Plain, now: Plain): boolean {
  if (typeof old !== "string" || typeof now !== "string") return old === now;
  if (old === now) return true;
  const oldProject = linkPart(old, "projects");
  if (oldProject === undefined || !old.includes("/images/")) return false;
  const wanted = parseImage(now);
  if (wanted.project !== undefined && wanted.project !== oldProject) return false;
  const name = basename(old);
  return (wanted.mayBeImage && name === wanted.name) || (wanted.mayBeFamily && ofFamily(name, wanted.name));
}

/** An image reference taken apart: which of an image and a family it may name, and where. */
export interface ImageReference {
  readonly project?: string;
  readonly name: string;
  readonly mayBeImage: boolean;
  readonly mayBeFamily: boolean;
}

/** Reads any of the ways to name an image. */
export function parseImage(reference: string): ImageReference {
  const project = linkPart(reference, "projects");
  const name = basename(reference);
  const at = project === undefined ? {} : { project };
  if (/(^|\/)family\/[^/]+$/.test(reference)) return { ...at, name, mayBeImage: false, mayBeFamily: true };
  if (/(^|\/)images\/[^/]+$/.test(reference)) return { ...at, name, mayBeImage: true, mayBeFamily: false };
  const short = /^([^/]+)\/[^/]+$/.exec(reference)?.[1];
  if (short !== undefined) return { project: fullProject(short), name, mayBeImage: true, mayBeFamily: true };
  return { ...at, name, mayBeImage: true, mayBeFamily: true };
}

function fullProject(name: string): string {
  return ["debian", "centos", "rhel", "sles", "ubuntu-os", "cos", "windows", "opensuse"].includes(name)
    ? `${name}-cloud`
    : name;
}

function ofFamily(image: string, family: string): boolean {
  const ubuntu = /^ubuntu-(minimal-)?(\d\d)(\d\d)-[^-]+-(?:([^-]+)-)?v\d+$/.exec(image);
  if (ubuntu) {
    const [, minimal = "", year, month, arch] = ubuntu;
    const suffix = arch === undefined ? "" : `-${arch}`;
    if (family === `ubuntu-${minimal}${year}${month}-lts${suffix}`) return true;
  }
  for (const arch of ["-amd64", "-arm64"]) {
    if (image.includes(arch) !== family.endsWith(arch)) continue;
    if (family.endsWith(arch) && image.includes(family.slice(0, -arch.length))) return true;
  }
  return !/-(amd64|arm64)/.test(image) && image.includes(family);
}
