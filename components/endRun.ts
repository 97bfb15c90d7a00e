import * as pulumi from "@pulumi/pulumi";

/** Pulumi's own end of a program that has told its user what is wrong: the engine adds no words to it. */
const USER_WAS_TOLD = 32;

/**
 * Ends the run with a message alone. The program would live on for a minute, until nothing is pending in it, and the
 * engine waits for its end.
 *
 * @returns what is never there, so that nothing which waits for it is registered.
 */
export function endRun(message: string): Promise<never> {
  void pulumi.log.error(message).finally(() => process.exit(USER_WAS_TOLD));
  return new Promise(() => {});
}
