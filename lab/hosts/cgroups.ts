import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { PREFIX } from "./names";
import { signal } from "./signal";

const KILL_MS = 10_000;

/** Hierarchies that systemd in a host writes to; without one of its own, hosts share a tree. */
const HIERARCHIES = ["/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified"];

/** A machine whose cgroups are unified has one hierarchy, mounted at the top. */
function hierarchies(): string[] {
  const found = HIERARCHIES.filter((dir) => existsSync(join(dir, "cgroup.procs")));
  return found.length > 0 ? found : ["/sys/fs/cgroup"];
}

/** Makes a host's cgroups and returns their `cgroup.procs` files. */
export function createCgroups(machine: string): string[] {
  return hierarchies().map((dir) => {
    mkdirSync(join(dir, machine), { recursive: true });
    return join(dir, machine, "cgroup.procs");
  });
}

/** Removes a host's cgroups, deepest first; a busy one stays. */
export function removeCgroups(machine: string): void {
  for (const dir of hierarchies()) removeTree(join(dir, machine));
}

/** Every machine of the lab that has a cgroup. */
export function machinesWithCgroups(): string[] {
  const names = hierarchies().flatMap((dir) => readdirSync(dir).filter((name) => name.startsWith(PREFIX)));
  return [...new Set(names)];
}

/** What runs in a host: its init outlives a systemd-nspawn that was killed, and only its cgroups tell. */
export function processesOf(machine: string): number[] {
  return [...new Set(hierarchies().flatMap((dir) => processesBelow(join(dir, machine))))];
}

/** Kills all that runs in a host. @throws Error when something goes on running. */
export async function endProcesses(machine: string): Promise<void> {
  const end = Date.now() + KILL_MS;
  for (let pids = processesOf(machine); pids.length > 0; pids = processesOf(machine)) {
    if (Date.now() > end) throw new Error(`${machine}: killed, and still running: ${pids.join(", ")}`);
    for (const pid of pids) signal(pid, "SIGKILL");
    await setTimeout(50);
  }
}

function processesBelow(dir: string): number[] {
  if (!existsSync(dir)) return [];
  const below = readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => processesBelow(join(dir, entry.name)));
  return [...readPids(join(dir, "cgroup.procs")), ...below];
}

function readPids(file: string): number[] {
  try {
    return readFileSync(file, "utf8").split("\n").filter(Boolean).map(Number);
  } catch {
    // The cgroup went away meanwhile.
    return [];
  }
}

function removeTree(dir: string): void {
  if (!existsSync(dir)) return;
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (entry.isDirectory()) removeTree(join(dir, entry.name));
  }
  try {
    rmdirSync(dir);
  } catch {
    // Processes are still in it; teardown looks again when they are gone.
  }
}
