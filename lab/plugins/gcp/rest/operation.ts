import { setTimeout as sleep } from "node:timers/promises";
import type { Work } from "../engine/operations";
import { basename } from "../schema/links";
import type { JsonObject } from "../schema/types";

/**
 * Waits until an operation is done.
 *
 * @throws Error with the operation's own messages when it failed
 */
export async function waitForOperation(
  { compute, config, signal }: Work,
  project: string,
  started: JsonObject,
  activity: string,
): Promise<void> {
  let operation = started;
  for (let first = true; operation.status !== "DONE"; first = false) {
    if (!first) await sleep(config.pollIntervalMs, undefined, { signal });
    operation = await compute.get(operationPath(project, operation), signal);
  }
  const errors = (operation.error as { errors?: { message?: string; code?: string }[] } | undefined)?.errors;
  if (!errors || errors.length === 0) return;
  const messages = errors.map((error) => `${error.message ?? error.code ?? "unknown error"}\n`);
  // One that was over at once is not waited for.
  const waited = operation === started ? "" : `Error waiting for ${activity}: `;
  throw new OperationError(`${waited}${messages.join("")}`);
}

/** An operation that was accepted and then failed. */
export class OperationError extends Error {}

function operationPath(project: string, operation: JsonObject): string {
  const { name, zone, region } = operation as { name: string; zone?: string; region?: string };
  const where = zone ? `zones/${basename(zone)}` : region ? `regions/${basename(region)}` : "global";
  return `projects/${project}/${where}/operations/${name}`;
}
