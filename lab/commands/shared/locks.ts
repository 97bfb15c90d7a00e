import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { STATE_DIR } from "./engine";
import { recordOf } from "./processes";

const Lock = z.object({ pid: z.number() });

/** True when the stack is locked, and only by engines that no longer run: `pulumi cancel` is safe then. */
export function hasDeadLock(projectName: string, stack: string): boolean {
  const directory = join(STATE_DIR, ".pulumi/locks/organization", projectName, stack);
  if (!existsSync(directory)) return false;
  const pids = readdirSync(directory)
    .filter((name) => name.endsWith(".json"))
    .map((name) => Lock.parse(JSON.parse(readFileSync(join(directory, name), "utf8"))).pid);
  return pids.length > 0 && pids.every((pid) => recordOf(pid) === undefined);
}
