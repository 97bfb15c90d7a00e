import { placeOf, type Work } from "../../engine/operations";
import { waitForOperation } from "../../rest/operation";
import type { Place } from "../../schema/links";
import type { JsonObject, Props } from "../../schema/types";
import { prefix, projectOf } from "../computeOperations";
import { attachedDiskToRest, bootDiskToRest } from "./disks";

/** One mutation of an instance, waited for; words as in the official provider's errors. */
export interface Mutation {
  readonly method?: "POST" | "PATCH" | "PUT" | "DELETE";
  /** After the instance's path, e.g. "/setTags". */
  readonly verb?: string;
  readonly body?: JsonObject;
  readonly query?: Record<string, string>;
  /** "Error updating tags", when the API refuses. The default is the API's words alone. */
  readonly refused?: string;
  /** "tags to update", when the operation fails. */
  readonly activity: string;
}

/** The instance with all of its fields. */
export function getInstance(work: Work, id: string): Promise<JsonObject> {
  return work.compute.get(id, work.signal, { view: "FULL" });
}

/** Sends a mutation and waits for it. */
export async function mutate(work: Work, id: string, mutation: Mutation): Promise<void> {
  const { method = "POST", verb = "", body, query, refused, activity } = mutation;
  const started = await work.compute
    .send(method, `${id}${verb}`, body, work.signal, query)
    .catch((error: unknown) => {
      if (refused === undefined) throw error;
      return prefix(refused)(error);
    });
  await waitForOperation(work, projectOf(id), started, activity);
}

/** Stops the instance. */
export function stop(work: Work, id: string, activity: string): Promise<void> {
  return mutate(work, id, { verb: "/stop", refused: "Error stopping instance", activity });
}

/** Starts the instance; with disks that a key of the customer's encrypts, the call names their keys. */
export function start(work: Work, id: string, wanted: Props, activity: string): Promise<void> {
  const refused = "Error starting instance";
  const disks = encryptedDisks(wanted, placeOf(wanted, work.config));
  if (disks.length === 0) return mutate(work, id, { verb: "/start", refused, activity });
  return mutate(work, id, { verb: "/startWithEncryptionKey", body: { disks }, refused, activity });
}

function encryptedDisks(wanted: Props, place: Place): JsonObject[] {
  const attached = ((wanted.attachedDisks ?? []) as Props[]).map((disk) => attachedDiskToRest(disk, place));
  return [bootDiskToRest(wanted.bootDisk as Props, undefined, place), ...attached]
    .filter(({ diskEncryptionKey }) => diskEncryptionKey !== undefined)
    .map(({ source, diskEncryptionKey }) => ({ source, diskEncryptionKey }));
}
