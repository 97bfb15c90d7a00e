/**
 * From now on, an error without a message gets no stack trace.
 *
 * Pulumi's SDK makes one for each promise, to name those that never end. ts-node looks each frame up in a source
 * map, which took half of the program's time. Errors with a message keep their traces.
 */
export function leaveOutUnreadStacks(): void {
  const { prepareStackTrace } = Error;
  if (!prepareStackTrace) return;
  Error.prepareStackTrace = (error, frames) => (error.message === "" ? "" : prepareStackTrace(error, frames));
}
