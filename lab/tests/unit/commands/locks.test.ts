import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasDeadLock } from "../../../commands/shared/locks";

let stateDir: string;
jest.mock("../../../commands/shared/engine", () => ({
  get STATE_DIR() {
    return stateDir;
  },
}));

let deadPid: number;
beforeAll(async () => {
  const child = spawn("true");
  deadPid = child.pid ?? 0;
  await new Promise((resolve) => child.on("close", resolve));
});
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "locks-"));
});
afterEach(() => rmSync(stateDir, { recursive: true }));

function lock(stack: string, ...pids: number[]): void {
  const directory = join(stateDir, ".pulumi/locks/organization/etcd-on-gce", stack);
  mkdirSync(directory, { recursive: true });
  for (const [index, pid] of pids.entries())
    writeFileSync(join(directory, `${index}.json`), JSON.stringify({ pid, username: "root", hostname: "h" }));
}

test("a stack without a lock has no dead one", () => {
  expect(hasDeadLock("etcd-on-gce", "lab")).toBe(false);
  lock("lab");
  expect(hasDeadLock("etcd-on-gce", "lab")).toBe(false);
});

test("a lock is dead when its engine is, and only for its stack", () => {
  lock("lab", deadPid);
  expect(hasDeadLock("etcd-on-gce", "lab")).toBe(true);
  expect(hasDeadLock("etcd-on-gce", "other")).toBe(false);
});

test("a lock of a running engine is alive, one of two is enough", () => {
  lock("lab", process.pid);
  expect(hasDeadLock("etcd-on-gce", "lab")).toBe(false);
  lock("other", deadPid, process.pid);
  expect(hasDeadLock("etcd-on-gce", "other")).toBe(false);
});

test("other files beside a lock do not matter, a lock without a pid is an error", () => {
  lock("lab", deadPid);
  const directory = join(stateDir, ".pulumi/locks/organization/etcd-on-gce/lab");
  writeFileSync(join(directory, "notes.txt"), "no JSON");
  expect(hasDeadLock("etcd-on-gce", "lab")).toBe(true);
  writeFileSync(join(directory, "bad.json"), "{}");
  expect(() => hasDeadLock("etcd-on-gce", "lab")).toThrow("pid");
});
