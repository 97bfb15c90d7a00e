import { setTimeout as sleep } from "node:timers/promises";
import { basename } from "../schema/links";
import type { JsonObject } from "../schema/types";
import type { RestClient } from "./client";

const FIRST_POLL_MS = 50;
const SLOWEST_POLL_MS = 1000;

/**
 * Waits until an operation is done.
 *
 * @throws Error with the operation's own messages when it failed
 */
export async function waitForOperation(
  client: RestClient,
  project: string,
  started: JsonObject,
  activity: string,
  signal: AbortSignal,
): Promise<void> {
  let operation = started;
  for (let delay = FIRST_POLL_MS; operation.status !== "DONE"; delay = Math.min(delay * 2, SLOWEST_POLL_MS)) {
    await sleep(delay, undefined, { signal });
    operation = await client.get(operationPath(project, operation), signal);
  }
  const errors = (operation.error as { errors?: { message?: string; code?: string }[] } | undefined)?.errors;
  if (!errors || errors.length === 0) return;
  const messages = errors.map((error) => `${error.message ?? error.code ?? "unknown error"}\n`);
  throw new OperationError(`Error waiting for ${activity}: ${messages.join("")}`);
}

/** An operation that was accepted and then failed. */
export class OperationError extends Error {}

function operationPath(project: string, operation: JsonObject): string {
  const { name, zone, region } = operation as { name: string; zone?: string; region?: string };
  const where = zone ? `zones/${basename(zone)}` : region ? `regions/${basename(region)}` : "global";
  return `projects/${project}/${where}/operations/${name}`;
}
