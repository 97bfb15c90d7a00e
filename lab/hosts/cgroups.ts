import { existsSync, mkdirSync, readdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { PREFIX } from "./names";

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
  return hierarchies().flatMap((dir) => readdirSync(dir).filter((name) => name.startsWith(PREFIX)));
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
