import { invalid } from "./errors";
import { parseFilter } from "./filter";
import { selfLink } from "./paths";
import type { Resource } from "./store";

type Query = Readonly<Record<string, string | undefined>>;

/** The answer of a list call: filtered, ordered and cut into pages as its query says. */
export function listing(kind: string, path: string, all: readonly Resource[], query: Query): Resource {
  const found = query.filter ? all.filter(parseFilter(query.filter)) : [...all];
  if (query.orderBy === "creationTimestamp desc") found.sort((a, b) => newerFirst(a, b));
  const first = Number(query.pageToken ?? 0);
  const size = Number(query.maxResults ?? 500);
  if (!Number.isInteger(first) || first < 0)
    throw invalid("pageToken", query.pageToken, "Invalid page token.");
  if (!Number.isInteger(size) || size < 0 || size > 500)
    throw invalid("maxResults", query.maxResults, "Value must be between 0 and 500, inclusive");
  const items = found.slice(first, first + size);
  const more = first + size < found.length && size > 0;
  return {
    kind,
    id: path,
    selfLink: selfLink(path),
    ...(items.length > 0 ? { items } : {}),
    ...(more ? { nextPageToken: String(first + size) } : {}),
  };
}

/** For sorting by age. */
export function newerFirst(a: Resource, b: Resource): number {
  return Date.parse(String(b.creationTimestamp)) - Date.parse(String(a.creationTimestamp));
}
