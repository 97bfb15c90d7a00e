import type { Plain } from "./types";

/** What every self link starts with, whatever endpoint serves it. */
const COMPUTE_PREFIX = "https://www.googleapis.com/compute/v1/";

/** `projects/…` of a full or partial link. */
export function relativeLink(link: string): string {
  return link.replace(/^https?:\/\/[^/]+\/compute\/[^/]+\//, "").replace(/^\/+/, "");
}

/** The last part of a link; a plain name stays as it is. */
export function basename(link: string): string {
  return link.slice(link.lastIndexOf("/") + 1);
}

/** A link as the state holds it. */
export function fullLink(link: string): string {
  const relative = relativeLink(link);
  return relative.startsWith("projects/") ? COMPUTE_PREFIX + relative : link;
}

/** The part of a link after a segment such as "projects" or "regions". */
export function linkPart(link: string, segment: string): string | undefined {
  return new RegExp(`(?:^|/)${segment}/([^/]+)`).exec(link)?.[1];
}

/** True when both name the same resource; a plain name or partial link matches the end of a full one. */
export function sameLink(old: Plain, now: Plain): boolean {
  if (typeof old !== "string" || typeof now !== "string" || old === "" || now === "") return old === now;
  const [a, b] = [relativeLink(old), relativeLink(now)];
  return a === b || a.endsWith(`/${b}`) || b.endsWith(`/${a}`);
}

/** Where a reference is resolved from. */
export interface Place {
  readonly project: string;
  readonly region?: string | undefined;
  readonly zone?: string | undefined;
}

/** A reference, given as a name or any link, as the relative link that the API takes. */
export function expandLink(
  reference: string,
  collection: string,
  scope: "global" | "region" | "zone",
  place: Place,
): string {
  const relative = relativeLink(reference);
  if (relative.startsWith("projects/")) return relative;
  if (/^(global|regions|zones)\//.test(relative)) return `projects/${place.project}/${relative}`;
  if (scope === "global") return `projects/${place.project}/global/${collection}/${relative}`;
  const where = scope === "region" ? `regions/${place.region}` : `zones/${place.zone}`;
  return `projects/${place.project}/${where}/${collection}/${relative}`;
}

/** The region that a zone belongs to. */
export function regionOfZone(zone: string): string {
  return basename(zone).replace(/-[a-z]$/, "");
}
