import { existsSync } from "node:fs";
import { labPath } from "../../lab/commands/shared/paths";
import { lab, must } from "./processes";

/** What every measurement is given. */
export interface BenchOptions {
  /** How many times everything is measured. */
  readonly runs: number;
  /** Ends the benchmark early; the lab is removed all the same. */
  readonly stop: AbortSignal;
  /** Told what is being done now. */
  readonly tell: (what: string) => void;
}

/** Does `work` on a lab of its own for each run. @throws Error when anything fails; no lab is left. */
export async function onNewLabs<T>(
  { runs, stop, tell }: BenchOptions,
  work: (say: BenchOptions["tell"], index: number) => Promise<T>,
  ...bootFlags: string[]
): Promise<T[]> {
  const results: T[] = [];
  for (let number = 1; number <= runs; number++) {
    const say = (what: string) => tell(`run ${number} of ${runs}: ${what}`);
    say("starting the lab");
    try {
      await must(lab("boot", ...bootFlags), { timeoutMs: 120_000, stop });
      results.push(await work(say, number - 1));
    } finally {
      // A lab that another one has kept from starting has nothing to remove.
      if (existsSync(labPath(".etcd-lab"))) {
        say("removing the lab");
        await must(lab("down"), { timeoutMs: 180_000 });
      }
    }
  }
  return results;
}
