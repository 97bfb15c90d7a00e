import type { Work } from "../../engine/operations";
import { waitForOperation } from "../../rest/operation";
import type { JsonObject } from "../../schema/types";
import { prefix, projectOf } from "../computeOperations";

/** One mutation of an instance, waited for; words as in the official provider's errors. */
export interface Mutation {
  readonly method?: "POST" | "PATCH" | "PUT" | "DELETE";
  /** After the instance's path, e.g. "/setTags". */
  readonly verb?: string;
  readonly body?: JsonObject;
  readonly query?: Record<string, string>;
  /** "Error updating tags", when the API refuses. */
  readonly refused: string;
  /** "tags to update", when the operation fails. */
  readonly activity: string;
}

/** Sends a mutation and waits for it. */
export async function mutate(work: Work, id: string, mutation: Mutation): Promise<void> {
  const { method = "POST", verb = "", body, query, refused, activity } = mutation;
  const started = await work.compute
    .send(method, `${id}${verb}`, body, work.signal, query)
    .catch(prefix(refused));
  await waitForOperation(work.compute, projectOf(id), started, activity, work.signal);
}

/** Stops the instance. */
export function stop(work: Work, id: string, activity: string): Promise<void> {
  return mutate(work, id, { verb: "/stop", refused: "Error stopping instance", activity });
}

/** Starts the instance. */
export function start(work: Work, id: string, activity: string): Promise<void> {
  return mutate(work, id, { verb: "/start", refused: "Error starting instance", activity });
}
