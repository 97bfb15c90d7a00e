import type * as pulumi from "@pulumi/pulumi";
import type { Controller } from "../core/etcd/topology";
import { type DataDisks, dataLossProblem } from "../core/node/dataDisk";
import type { Settings } from "../core/settings";
import { endRun } from "./endRun";

/** Ends the run, a preview too, before it deletes data disks without a word of it in the settings. */
export function requireKeptData(
  before: pulumi.Output<DataDisks>,
  controllers: readonly Controller[],
  settings: Settings,
): pulumi.Output<void> {
  const { dataDiskType: type, dataDiskSizeGb: sizeGb, diskKmsKey: kmsKey, acceptDataLoss } = settings;
  const declared = controllers.map(({ name, zone }) => [name, { zone, type, sizeGb, kmsKey }]);
  return before.apply(async (last) => {
    const problem = dataLossProblem(last, Object.fromEntries(declared), acceptDataLoss);
    if (problem) await endRun(problem);
  });
}
