import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { machinesWithCgroups, removeCgroups } from "./cgroups";
import { LAB_NETNS, PREFIX } from "./names";
import { attempt, run } from "./run";

const WAIT_MS = 10_000;

/**
 * Removes everything of a lab: hosts, mounts, loop devices, cgroups, namespaces and its hosts and disks.
 * Works on what an interrupted run left, too, and touches only what bears the lab's names or lies below
 * `labDir`.
 */
export async function teardown(labDir: string): Promise<void> {
  await endHosts();
  await unmountBelow(labDir);
  await detachLoops(labDir);
  for (const machine of new Set(machinesWithCgroups())) removeCgroups(machine);
  await removeNamespaces();
  for (const dir of ["hosts", "disks"]) rmSync(join(labDir, dir), { recursive: true, force: true });
}

async function endHosts(): Promise<void> {
  const end = Date.now() + WAIT_MS;
  for (let pids = hostProcesses(); pids.length > 0 && Date.now() < end; pids = hostProcesses()) {
    for (const pid of pids) {
      for (const child of childrenOf(pid)) kill(child);
      kill(pid);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** systemd-nspawn processes whose machine is one of the lab's. */
function hostProcesses(): number[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      const command = read(`/proc/${pid}/cmdline`);
      return command.startsWith("systemd-nspawn\0") && command.includes(`--machine=${PREFIX}`);
    });
}

function childrenOf(pid: number): number[] {
  return read(`/proc/${pid}/task/${pid}/children`).trim().split(" ").filter(Boolean).map(Number);
}

async function unmountBelow(labDir: string): Promise<void> {
  const below = read("/proc/self/mountinfo")
    .split("\n")
    .map((line) => line.split(" ")[4] ?? "")
    .filter((path) => path.startsWith(`${labDir}/`));
  for (const path of below.reverse()) await attempt("umount", ["--recursive", "--lazy", path]);
}

async function detachLoops(labDir: string): Promise<void> {
  const list = await run("losetup", ["--list", "--noheadings", "--raw", "--output", "NAME,BACK-FILE"]);
  for (const line of list.split("\n")) {
    const [device, file] = line.split(" ");
    if (device && file?.startsWith(`${labDir}/`)) await attempt("losetup", ["--detach", device]);
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

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It is gone already.
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
