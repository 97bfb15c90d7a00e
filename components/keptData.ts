import * as pulumi from "@pulumi/pulumi";
import type { Controller } from "../core/etcd/topology";
import { type DataDisks, dataLoss, dataLossProblem } from "../core/node/dataDisk";
import type { Settings } from "../core/settings";
import { declaredDisk } from "./controllerVm";
import { endRun } from "./endRun";
import type { LiveControllers } from "./liveVm";
import type { PreviousOutputs } from "./previousOutputs";

/** Ends the run, also a preview, before it deletes data disks without a word of it in the settings. */
export function requireKeptData(
  previous: PreviousOutputs,
  live: pulumi.Output<LiveControllers>,
  controllers: readonly Controller[],
  settings: Settings,
): pulumi.Output<void> {
  const { acceptDataLoss } = settings;
  const declared = Object.fromEntries(controllers.map((c) => [c.name, declaredDisk(settings, c)]));
  return pulumi.all([previous.dataDisks, previous.isFirst, live]).apply(async ([last, isFirst, now]) => {
    const present = isFirst ? {} : { ...last, ...disksOf(now) };
    const problem = dataLossProblem(last, present, declared, acceptDataLoss);
    if (problem) await endRun(problem);
    if (acceptDataLoss && !dataLoss(present, declared))
      void pulumi.log.warn(
        "acceptDataLoss is set, and no data disk is replaced: remove it from the settings",
      );
  });
}

/** What there is now counts: a run that failed after the last `up`, or a person, may have changed a disk. */
function disksOf(live: LiveControllers): DataDisks {
  return Object.fromEntries(
    Object.entries(live).flatMap(([name, { disk }]) => (disk ? [[name, disk] as const] : [])),
  );
}
