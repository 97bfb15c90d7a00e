import * as fault from "../hosts/faults";
import type { Command } from "./command";
import { findInstance, postToApi } from "./shared/api";
import { requireRunning } from "./shared/hosts";
import { UsageError } from "./shared/labError";
import { LAB_DIR } from "./shared/paths";

const PARTITION_MODES: readonly fault.PartitionMode[] = ["both", "in", "out", "peer"];

/** A command that does something to one host. */
function onHost(
  name: string,
  summary: string,
  done: string,
  act: (host: string, words: readonly string[]) => Promise<unknown>,
  more = "",
): Command {
  return {
    name,
    usage: `CONTROLLER${more}`,
    summary,
    async run([host, ...words]) {
      if (!host || (words.length > 0 && !more)) throw new UsageError("name one controller");
      await act(host, words);
      console.log(`${host}: ${done}`);
      return 0;
    },
  };
}

/** Like {@link onHost}, for a host that must be running. */
function onRunningHost(
  name: string,
  summary: string,
  done: string,
  act: (host: string, words: readonly string[]) => Promise<unknown>,
  more?: string,
): Command {
  const checked = (host: string, words: readonly string[]) => {
    requireRunning(host);
    return act(host, words);
  };
  return onHost(name, summary, done, checked, more);
}

function partition(host: string, [mode = "both"]: readonly string[]): Promise<void> {
  const known = PARTITION_MODES.find((m) => m === mode);
  if (!known) throw new UsageError(`partition ${mode}: use ${PARTITION_MODES.join(", ")}`);
  return fault.partition(LAB_DIR, host, known);
}

async function reset(host: string): Promise<void> {
  const { zone } = await findInstance(host);
  await postToApi(`zones/${zone}/instances/${host}/reset`);
}

/** Ways to break a host, each with the way back. */
export const faults: readonly Command[] = [
  onRunningHost("power-off", "cut a host's power; `reset` turns it on", "power cut", (host) =>
    fault.powerOff(LAB_DIR, host),
  ),
  onHost("reset", "power-cycle a host, as on GCE", "reset", reset),
  onRunningHost("freeze", "stop a host's etcd with SIGSTOP", "etcd frozen", (host) =>
    fault.freeze(LAB_DIR, host),
  ),
  onRunningHost("thaw", "let a frozen etcd go on", "etcd goes on", (host) => fault.thaw(LAB_DIR, host)),
  onRunningHost(
    "partition",
    "drop a host's traffic but SSH",
    "partitioned",
    partition,
    " [both|in|out|peer]",
  ),
  onRunningHost("heal", "undo a partition", "healed", (host) => fault.heal(host)),
  onRunningHost("fill", "fill the data disk", "data disk full", (host) => fault.fill(LAB_DIR, host)),
  onRunningHost("unfill", "undo fill", "data disk as before", (host) => fault.unfill(LAB_DIR, host)),
  onRunningHost("wipe", "kill etcd and remove its data", "etcd's data is gone", (host) =>
    fault.wipe(LAB_DIR, host),
  ),
];
