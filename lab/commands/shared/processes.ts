import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

export { signal } from "../../hosts/signal";

/** A process, told apart from a later one that got the same pid by its start time. */
export interface ProcessRecord {
  readonly pid: number;
  /** Clock ticks since boot, field 22 of /proc/PID/stat. */
  readonly startTicks: number;
}

interface Stat {
  readonly parent: number;
  readonly state: string;
  readonly startTicks: number;
}

function readStat(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command name before it may hold spaces and brackets.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0] ?? "", parent: Number(fields[1]), startTicks: Number(fields[19]) };
  } catch {
    return undefined;
  }
}

/** The record of a running process, or `undefined` when there is none with this pid. */
export function recordOf(pid: number): ProcessRecord | undefined {
  const stat = readStat(pid);
  return stat && stat.state !== "Z" ? { pid, startTicks: stat.startTicks } : undefined;
}

/** Writes a process's record to a file, for another `lab` command to find. */
export function saveRecord(file: string, pid: number): void {
  const record = recordOf(pid);
  if (record) writeFileSync(file, `${JSON.stringify(record)}\n`, { mode: 0o600 });
}

/** The process of a record file while that very process runs. */
export function livingProcess(file: string): ProcessRecord | undefined {
  if (!existsSync(file)) return undefined;
  const saved = JSON.parse(readFileSync(file, "utf8")) as ProcessRecord;
  return recordOf(saved.pid)?.startTicks === saved.startTicks ? saved : undefined;
}

/** Forgets a record. */
export function dropRecord(file: string): void {
  rmSync(file, { force: true });
}

/** A process and everything below it, parents first. */
export function processTree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync("/proc")) {
    const stat = /^\d+$/.test(entry) ? readStat(Number(entry)) : undefined;
    if (stat) children.set(stat.parent, [...(children.get(stat.parent) ?? []), Number(entry)]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

/** The processes that have a variable, `NAME=value`, in the environment they were started with. */
export function processesWith(variable: string): number[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => environment(pid).includes(variable));
}

function environment(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  } catch {
    return [];
  }
}

/** Waits until a process has ended; `false` when it still runs after the time. */
export async function ended(record: ProcessRecord, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (recordOf(record.pid)?.startTicks === record.startTicks) {
    if (Date.now() > deadline) return false;
    await setTimeout(50);
  }
  return true;
}
