import type { FastifyInstance } from "fastify";
import type { Resource, Store } from "../store";

/** A zone without room, for one machine series or for all. */
export interface Stockout {
  readonly zone: string;
  /** Such as `e2`. */
  readonly family?: string;
}

/** What the cloud is like today: set by `lab` commands, kept with the resources. */
export interface Conditions {
  /** How long operations take. */
  readonly latency: "none" | "gce";
  readonly stockouts: readonly Stockout[];
  /** Organisation policies in force, such as `compute.requireOsLogin`. */
  readonly constraints: readonly string[];
}

/** The URL of the conditions on the lab's API; Google has no such thing. */
export const CONDITIONS_URL = "/lab/v1/conditions";

const PATH = "lab/conditions";
const USUAL: Conditions = { latency: "none", stockouts: [], constraints: [] };

export function conditionsOf(store: Store): Conditions {
  return { ...USUAL, ...store.get(PATH) };
}

/** GET answers the conditions, PATCH replaces those that it names. */
export function registerConditions(app: FastifyInstance, store: Store): void {
  app.get(CONDITIONS_URL, async () => conditionsOf(store));
  app.patch<{ Body: Resource }>(CONDITIONS_URL, async ({ body }) => {
    const changed = { ...conditionsOf(store), ...body };
    store.put(PATH, changed);
    return changed;
  });
}
