import { existsSync } from "node:fs";
import { labPath } from "../../lab/commands/shared/paths";
import { type NoOps, timeNoOps } from "./noOp";
import type { BringUp } from "./phases";
import { plainBringUp } from "./plainSsh";
import { lab, must } from "./processes";
import { pulumiBringUp } from "./pulumiUp";

/** What one run has measured. */
export interface Run {
  readonly ours: BringUp;
  readonly plain: BringUp;
  readonly noOps: NoOps;
}

/** Options of {@link bench}. */
export interface BenchOptions {
  /** How many times everything is measured. */
  readonly runs: number;
  /** Ends the benchmark early; the lab is removed all the same. */
  readonly stop: AbortSignal;
  /** Told what is being done now. */
  readonly tell: (what: string) => void;
}

/** Measures everything, each time on a new lab. @throws Error when anything fails; no lab is left. */
export async function bench({ runs, stop, tell }: BenchOptions): Promise<Run[]> {
  const results: Run[] = [];
  for (let number = 1; number <= runs; number++) {
    const say = (what: string) => tell(`run ${number} of ${runs}: ${what}`);
    results.push(await onNewLab(stop, say, () => measure(stop, say)));
  }
  return results;
}

async function measure(stop: AbortSignal, say: BenchOptions["tell"]): Promise<Run> {
  say("bringing the cluster up by pulumi up");
  const ours = await pulumiBringUp(stop);
  say("timing no-op pulumi ups");
  const noOps = await timeNoOps(stop);
  say("bringing the cluster up on fresh VMs by plain parallel ssh");
  const plain = await plainBringUp(stop);
  return { ours, plain, noOps };
}

async function onNewLab<T>(stop: AbortSignal, say: BenchOptions["tell"], work: () => Promise<T>): Promise<T> {
  say("starting the lab");
  try {
    await must(lab("boot"), { timeoutMs: 120_000, stop });
    return await work();
  } finally {
    // A lab that another one has kept from starting has nothing to remove.
    if (existsSync(labPath(".etcd-lab"))) {
      say("removing the lab");
      await must(lab("down"), { timeoutMs: 180_000 });
    }
  }
}
