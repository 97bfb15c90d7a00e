import { parseArgs } from "node:util";

/** What can be measured. */
const WHAT = ["up", "path", "bucket", "change", "scale"] as const;

/** What the benchmark is asked for. */
export interface Options {
  readonly what: (typeof WHAT)[number];
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
  const { runs, what } = read(argv);
  if (!/^\d+$/.test(runs) || Number(runs) < 1 || Number(runs) > MAX_RUNS) {
    throw new UsageError(`--runs ${runs}: use a number from 1 to ${MAX_RUNS}`);
  }
  const found = WHAT.find((word) => word === what[0]);
  if (!found || what.length > 1) throw new UsageError(`${what.join(" ")}: use one of ${WHAT.join(", ")}`);
  return { what: found, runs: Number(runs) };
}

function read(argv: readonly string[]): { runs: string; what: string[] } {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: { runs: { type: "string", default: "1" } },
      allowPositionals: true,
    });
    return { runs: values.runs, what: positionals.length > 0 ? positionals : ["up"] };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
