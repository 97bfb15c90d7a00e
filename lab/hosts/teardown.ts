import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { endProcesses, machinesWithCgroups, removeCgroups } from "./cgroups";
import { mountPoints } from "./mounts";
import { LAB_NETNS, PREFIX } from "./names";
import { attempt, run } from "./run";

/**
 * Removes everything of a lab: what {@link clearMachine} does, and its hosts' and disks' files.
 */
export async function teardown(labDir: string): Promise<void> {
  await clearMachine(labDir);
  for (const dir of ["hosts", "disks"]) rmSync(join(labDir, dir), { recursive: true, force: true });
}

/**
 * Ends a lab's hosts and removes its mounts, loop devices, cgroups and namespaces from the machine. Works on
 * what an interrupted run left, and touches only what has the lab's names or is below `labDir`.
 */
export async function clearMachine(labDir: string): Promise<void> {
  for (const machine of machinesWithCgroups()) await endProcesses(machine);
  await unmountBelow(labDir);
  await detachLoops(labDir);
  for (const machine of machinesWithCgroups()) removeCgroups(machine);
  await removeNamespaces();
}

async function unmountBelow(labDir: string): Promise<void> {
  // More than once: umount fails where it finds the table of mounts changing under it.
  for (let round = 0; round < 5; round++) {
    const below = mountPoints().filter((path) => path.startsWith(`${labDir}/`));
    if (below.length === 0) return;
    for (const path of below.reverse()) await attempt("umount", ["--recursive", "--lazy", path]);
  }
}

async function detachLoops(labDir: string): Promise<void> {
  // Not losetup's list: it fails where it cannot look at a device of somebody else's.
  for (const name of readdirSync("/sys/block").filter((entry) => entry.startsWith("loop"))) {
    const file = read(`/sys/block/${name}/loop/backing_file`);
    if (file.startsWith(`${labDir}/`)) await attempt("losetup", ["--detach", `/dev/${name}`]);
  }
}

async function removeNamespaces(): Promise<void> {
  const list = await run("ip", ["netns", "list"]);
  const mine = list
    .split("\n")
    .map((line) => line.split(" ")[0] ?? "")
    .filter((name) => name === LAB_NETNS || name.startsWith(PREFIX));
  for (const name of mine) await attempt("ip", ["netns", "del", name]);
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
