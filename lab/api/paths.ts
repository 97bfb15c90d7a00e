import { invalid } from "./errors";

const PREFIX = "https://www.googleapis.com/compute/v1/";

/** The link of a path. Never the lab's own address: Google's provider compares links by text. */
export function selfLink(path: string): string {
  return PREFIX + path;
}

/** True for what {@link selfLink} made. */
export function isLink(value: unknown): value is string {
  return typeof value === "string" && value.startsWith(PREFIX);
}

/**
 * The path that a reference means: a full URL on any host and API version, or a partial one such as
 * `zones/z/disks/d` or `global/networks/n`.
 */
export function toPath(reference: unknown, project: string, field: string): string {
  if (typeof reference !== "string" || reference === "") {
    throw invalid(field, reference, "The URL is malformed.");
  }
  const path = reference.replace(/^https?:\/\/[^/]+\/(compute\/)?[^/]+\//, "");
  if (path.startsWith("projects/")) return path;
  if (/^(global|zones|regions)\//.test(path)) return `projects/${project}/${path}`;
  throw invalid(field, reference, "The URL is malformed.");
}

/** The path of a link that {@link selfLink} made. */
export function linkedPath(link: unknown): string {
  return String(link).replace(PREFIX, "");
}

/** The last part of a path or link. */
export function baseName(reference: string): string {
  return reference.split("/").pop() ?? reference;
}
