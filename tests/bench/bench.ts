import { type BenchOptions, onNewLabs } from "./newLab";
import { type NoOps, timeNoOps } from "./noOp";
import type { BringUp } from "./phases";
import { plainBringUp } from "./plainSsh";
import { pulumiBringUp } from "./pulumiUp";
import { report } from "./report";

/** What one run has measured. */
export interface Run {
  readonly ours: BringUp;
  readonly plain: BringUp;
  /** Of a `pulumi up` that changes nothing. */
  readonly noOps: NoOps;
  /** Of a preview of the same. */
  readonly previews: NoOps;
}

/** A bring-up against plain parallel SSH, and a no-op against an empty program. */
export async function benchUp(options: BenchOptions): Promise<string> {
  const { stop } = options;
  const runs = await onNewLabs(options, async (say): Promise<Run> => {
    say("bringing the cluster up by pulumi up");
    const ours = await pulumiBringUp(stop);
    say("timing no-op pulumi ups and previews");
    const { ups: noOps, previews } = await timeNoOps(stop);
    say("bringing the cluster up on fresh VMs by plain parallel ssh");
    const plain = await plainBringUp(stop);
    return { ours, plain, noOps, previews };
  });
  return report(runs);
}
