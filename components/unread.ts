import { RunError } from "@pulumi/pulumi/errors";
import * as log from "@pulumi/pulumi/log";

/**
 * From now on, a plain error that says nothing at all and a RunError get no stack trace.
 *
 * Of the first Pulumi's SDK makes one for each promise, to name those that never end. ts-node looks each frame up in a
 * source map, which took half of the program's time. The second is printed as its message alone; but the SDK has its
 * trace coloured as well, and at a frame in a file right below a scope, such as `node_modules/@pulumi/resource.ts`,
 * Node.js 20 then goes round for 15 s until the text is too long. All other errors keep their traces.
 */
export function leaveOutUnreadStacks(): void {
  const { prepareStackTrace } = Error;
  if (!prepareStackTrace) return;
  Error.prepareStackTrace = (error, frames) => (isUnread(error) ? "" : prepareStackTrace(error, frames));
}

function isUnread(error: Error): boolean {
  return saysNothing(error) || RunError.isInstance(error);
}

function saysNothing(error: Error): boolean {
  return error.message === "" && error.constructor === Error && Object.keys(error).length === 0;
}

/**
 * From now on, Pulumi's SDK tells the engine nothing at the level "debug". It has four messages for each resource,
 * which the engine writes down whether or not anyone reads them. Those of engine and plugins stay.
 */
export function leaveOutUnreadMessages(): void {
  Object.defineProperty(log, "debug", { value: async () => undefined });
}
