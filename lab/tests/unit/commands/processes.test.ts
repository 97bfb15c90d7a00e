import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  dropRecord,
  ended,
  livingProcess,
  type ProcessRecord,
  processesWith,
  processTree,
  recordOf,
  saveRecord,
  signal,
} from "../../../commands/shared/processes";

let directory: string;
let child: ChildProcess;
let pid: number;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "processes-"));
  child = spawn("sleep", ["60"]);
  pid = child.pid ?? 0;
});
afterEach(() => {
  child.kill("SIGKILL");
  rmSync(directory, { recursive: true });
});

const file = () => join(directory, "record.json");

async function end(process: ChildProcess): Promise<void> {
  const closed = new Promise((resolve) => process.on("close", resolve));
  process.kill("SIGKILL");
  await closed;
}

test("a record finds its process while it runs", async () => {
  saveRecord(file(), pid);
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  expect(livingProcess(file())).toEqual(recordOf(pid));
  expect(recordOf(pid)).toEqual({ pid, startTicks: expect.any(Number) });
  await end(child);
  expect(livingProcess(file())).toBeUndefined();
  expect(recordOf(pid)).toBeUndefined();
});

test("another process that got the same pid is not it", () => {
  saveRecord(file(), pid);
  const saved = JSON.parse(readFileSync(file(), "utf8")) as ProcessRecord;
  writeFileSync(file(), JSON.stringify({ ...saved, startTicks: saved.startTicks - 1 }));
  expect(livingProcess(file())).toBeUndefined();
});

test("a name with brackets and spaces is no part of the numbers", async () => {
  const odd = spawn("bash", ["-c", 'printf "x) S 1 (y" > /proc/$$/comm; echo; read -r'], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  await new Promise((resolve) => odd.stdout.once("data", resolve));
  try {
    expect(readFileSync(`/proc/${odd.pid}/comm`, "utf8")).toBe("x) S 1 (y\n");
    const ticks = recordOf(odd.pid ?? 0)?.startTicks ?? 0;
    expect(ticks).toBeGreaterThanOrEqual(recordOf(pid)?.startTicks ?? Number.NaN);
    expect(processTree(process.pid)).toContain(odd.pid);
  } finally {
    await end(odd);
  }
});

test("a dropped record is gone, one of no process is not written", async () => {
  saveRecord(file(), pid);
  dropRecord(file());
  dropRecord(file());
  expect(livingProcess(file())).toBeUndefined();
  await end(child);
  saveRecord(file(), pid);
  expect(existsSync(file())).toBe(false);
});

test("a tree is the process and all below it, parents first", async () => {
  const parent = spawn("bash", ["-c", "sleep 61 & echo $!; wait"], { stdio: ["ignore", "pipe", "ignore"] });
  const text = await new Promise<Buffer>((resolve) => parent.stdout.once("data", resolve));
  const grandchild = Number(text);
  try {
    expect(processTree(parent.pid ?? 0)).toEqual([parent.pid, grandchild]);
    const all = processTree(process.pid);
    expect(all[0]).toBe(process.pid);
    expect(all).toEqual(expect.arrayContaining([pid, parent.pid, grandchild]));
    expect(all.indexOf(grandchild)).toBeGreaterThan(all.indexOf(parent.pid ?? 0));
  } finally {
    signal(grandchild, "SIGKILL");
    await end(parent);
  }
});

test("a process is found by a variable it was started with, one of the whole value", async () => {
  const marked = spawn("sleep", ["62"], { env: { ...process.env, OF_LAB: "file:///a/state" } });
  try {
    expect(processesWith("OF_LAB=file:///a/state")).toEqual([marked.pid]);
    expect(processesWith("OF_LAB=file:///a")).toEqual([]);
  } finally {
    await end(marked);
  }
  expect(processesWith("OF_LAB=file:///a/state")).toEqual([]);
});

test("ended waits for the end, and says when it did not come", async () => {
  const record = recordOf(pid) as ProcessRecord;
  expect(await ended(record, 100)).toBe(false);
  signal(pid, "SIGTERM");
  expect(await ended(record, 10_000)).toBe(true);
});

test("a signal to no one is no error, one that cannot be sent is", async () => {
  await end(child);
  expect(() => signal(pid, "SIGTERM")).not.toThrow();
  expect(() => signal(pid, "SIGNOTHING" as NodeJS.Signals)).toThrow("SIGNOTHING");
});
