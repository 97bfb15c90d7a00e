import type { ResourceChange } from "./resourceChange";

/**
 * What GCE changes on a stopped VM only, as the provider's update lists it:
 * https://cloud.google.com/compute/docs/instances/update-instance-properties
 */
const NEEDS_STOP =
  /^(machineType|minCpuPlatform|serviceAccount|enableDisplay|shieldedInstanceConfig|advancedMachineFeatures|confidentialInstanceConfig|desiredStatus|networkInterfaces(\[\d+\](\.(network|subnetwork|subnetworkProject))?)?$|scheduling(\.(nodeAffinities|maxRunDuration)|$))/;

/** The properties for which GCE stops the VM in this update; none when it stays up. */
export function stoppingProperties(change: ResourceChange): string[] {
  if (change.op !== "update") return [];
  const starts = !["TERMINATED", "SUSPENDED"].includes(String(change.new?.inputs?.desiredStatus));
  const paths = change.paths
    .map(({ path }) => path)
    .filter((path) => NEEDS_STOP.test(path) && !(starts && path === "desiredStatus"));
  return [...new Set(paths.map((path) => /^\w+/.exec(path)?.[0] ?? ""))];
}

/** True when an update of a VM takes its etcd down: GCE stops it, or its data disk is attached again. */
export function stopsVm(change: ResourceChange): boolean {
  return stoppingProperties(change).length > 0 || movesDataDisk(change);
}

/** True when an update detaches or attaches a disk of a running VM. */
export function movesDataDisk(change: ResourceChange): boolean {
  return change.op === "update" && change.paths.some(({ path }) => path.startsWith("attachedDisks"));
}
