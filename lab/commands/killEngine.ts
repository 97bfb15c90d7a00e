import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "./command";
import { backendOf, engineRecords } from "./shared/engine";
import { LabError } from "./shared/labError";
import { LAB_DIR } from "./shared/paths";
import { dropRecord, ended, livingProcess, processesWith, processTree, signal } from "./shared/processes";

/**
 * Kills this lab's running engines with all that they started, as if the operator's machine had died: what an
 * engine that was killed before left running as well.
 *
 * @returns the pids of the engines.
 */
export async function killEngines(): Promise<number[]> {
  const directory = engineRecords();
  const killed: number[] = [];
  for (const name of readdirSync(directory)) {
    const file = join(directory, name);
    const engine = livingProcess(file);
    if (engine) {
      // The engine first, so that it cannot clean up after its plugins.
      for (const pid of processTree(engine.pid)) signal(pid, "SIGKILL");
      await ended(engine, 5_000);
      killed.push(engine.pid);
    }
    dropRecord(file);
  }
  // A plugin that lost its engine has no parent left, but has the engine's environment.
  for (const pid of processesWith(backendOf(LAB_DIR))) signal(pid, "SIGKILL");
  return killed;
}

/** Kills the engine in the middle of what it does. */
export const killEngine: Command = {
  name: "kill-engine",
  usage: "",
  summary: "SIGKILL the running engine and its plugins",
  async run() {
    const killed = await killEngines();
    if (killed.length === 0) throw new LabError("no engine is running in this lab");
    console.log(`killed engine ${killed.join(", ")}`);
    return 0;
  },
};
