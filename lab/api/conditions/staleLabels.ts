import type { ApiContext } from "../collection";
import type { Resource } from "../store";
import { conditionsOf } from "./conditions";
import { durationMs } from "./latency";

const PREFIX = "stale-labels/";

/** Google answers the old labels for a moment even where it says at once that the new ones are DONE. */
const SHORTEST_MS = 1000;

/** Remembers the labels that a resource had, for {@link asRead}. */
export function remember(collection: string, path: string, before: Resource, context: ApiContext): void {
  const { store } = context;
  const conditions = conditionsOf(store);
  if (conditions.latency === "none") return;
  const until = now(context) + Math.max(durationMs(conditions, collection, "setLabels"), SHORTEST_MS);
  const { id, labels, labelFingerprint } = before;
  store.put(PREFIX + path, { id, until, seen: { labels: labels ?? {}, labelFingerprint } });
}

/** A resource as it is read: with its old labels while the new ones are on their way. */
export function asRead(path: string, resource: Resource, context: ApiContext): Resource {
  const stale = context.store.get(PREFIX + path);
  if (!stale) return resource;
  if (stale.id === resource.id && Number(stale.until) > now(context))
    return { ...resource, ...(stale.seen as Resource) };
  context.store.remove(PREFIX + path);
  return resource;
}

function now({ now: given }: ApiContext): number {
  return given?.() ?? Date.now();
}
