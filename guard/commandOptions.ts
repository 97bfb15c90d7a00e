import { parseCommandOptions } from "../core/node/shell";
import { UNKNOWN_VALUE } from "./preview";

/**
 * The options of a phase's command, by name without the dashes; see `shellCommand` for how they are written.
 * `undefined` when the preview does not know the command or hides it.
 */
export function commandOptions(
  inputs: Readonly<Record<string, unknown>> | undefined,
): Readonly<Record<string, string>> | undefined {
  const text = inputs?.update ?? inputs?.create;
  if (typeof text !== "string" || text.includes(UNKNOWN_VALUE)) return undefined;
  const options = parseCommandOptions(text);
  return Object.keys(options).length === 0 ? undefined : options;
}
