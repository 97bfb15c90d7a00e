import { parseArgs } from "node:util";

/** What the benchmark is asked for. */
export interface Options {
  /** How many times everything is measured, each time on a lab of its own. */
  readonly runs: number;
}

/** A command line that the benchmark does not take. */
export class UsageError extends Error {}

const MAX_RUNS = 20;

/**
 * Reads the benchmark's command line.
 *
 * @throws UsageError naming the option, the value and what is allowed.
 */
export function parseOptions(argv: readonly string[]): Options {
  const runs = readRuns(argv);
  if (!/^\d+$/.test(runs) || Number(runs) < 1 || Number(runs) > MAX_RUNS) {
    throw new UsageError(`--runs ${runs}: use a number from 1 to ${MAX_RUNS}`);
  }
  return { runs: Number(runs) };
}

function readRuns(argv: readonly string[]): string {
  try {
    return parseArgs({ args: [...argv], options: { runs: { type: "string", default: "1" } } }).values.runs;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
