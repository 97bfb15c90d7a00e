import { spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { machinesWithCgroups, processesOf } from "../../hosts/cgroups";
import { createLabNetwork } from "../../hosts/network";
import { clearMachine } from "../../hosts/teardown";
import { apiAnswers } from "./api";
import { backendOf } from "./engine";
import { LabError } from "./labError";
import { inNetnsSameMounts, netnsExists, removeNetnsNames, writeNetnsNames } from "./netns";
import { LAB_DIR, labDirectory, labPath, ROOT } from "./paths";
import {
  dropRecord,
  ended,
  livingProcess,
  type ProcessRecord,
  processesWith,
  saveRecord,
  signal,
} from "./processes";
import { readToolchain } from "./toolchain";

const RECORD_NAME = "daemon.json";
const RECORD = labPath(RECORD_NAME);
const LOG = labPath("daemon.log");
const START_TIMEOUT_MS = 60_000;

// The namespace's name is one for the machine, so there is one lab at a time: this file says whose it is.
const OWNER_FILE = "/run/etcd-lab.owner";

/** The lab's daemon, while it runs. */
export function runningDaemon(): ProcessRecord | undefined {
  return livingProcess(RECORD);
}

/**
 * Starts the network namespace and, inside it, the daemon: API, metadata server, mirror and hosts.
 *
 * @returns false when it was up already.
 * @throws LabError when another checkout's lab is up, or the daemon does not come up.
 */
export async function startDaemon(): Promise<boolean> {
  const { cacheDir } = readToolchain();
  const isRunning = runningDaemon() !== undefined;
  if (!isRunning) checkMachine(cacheDir);
  await claimMachine();
  await createLabNetwork();
  writeNetnsNames();
  if (isRunning && (await apiAnswers())) return false;
  labDirectory();
  const log = openSync(LOG, "a", 0o600);
  const [command = "", ...args] = inNetnsSameMounts([join(ROOT, "lab/toolchain/run.sh"), "lab/daemon.ts"]);
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...process.env, ETCD_LAB_DIR: LAB_DIR, ETCD_LAB_CACHE: cacheDir },
    stdio: ["ignore", log, log],
    detached: true,
  });
  closeSync(log);
  child.unref();
  if (!child.pid) throw new LabError("the lab's daemon could not be started: no nsenter?");
  saveRecord(RECORD, child.pid);
  await waitUntilUp();
  return true;
}

/** @throws LabError naming what the machine lacks, rather than half a lab and whatever fails first in it. */
function checkMachine(cacheDir: string): void {
  const { status, stdout } = spawnSync(join(ROOT, "lab/toolchain/machine.sh"), ["explain", "npm start"], {
    encoding: "utf8",
    env: { ...process.env, ETCD_LAB_CACHE: cacheDir },
  });
  if (status !== 0) throw new LabError(stdout.trim());
}

/** Ends the daemon, asking first; its hosts go on running. */
export async function stopDaemon(): Promise<void> {
  const daemon = runningDaemon();
  if (daemon) {
    signal(daemon.pid, "SIGTERM");
    if (!(await ended(daemon, 15_000))) {
      signal(daemon.pid, "SIGKILL");
      await ended(daemon, 5_000);
    }
  }
  dropRecord(RECORD);
}

/** Gives the machine free for another lab, when the namespace is gone. */
export function releaseMachine(): void {
  removeNetnsNames();
  rmSync(OWNER_FILE, { force: true });
}

/** True unless a different lab from this one is up on the machine. */
export function ownsMachine(): boolean {
  return !netnsExists() || owner() === LAB_DIR || owner() === undefined;
}

function owner(): string | undefined {
  return existsSync(OWNER_FILE) ? readFileSync(OWNER_FILE, "utf8").trim() : undefined;
}

async function claimMachine(): Promise<void> {
  const other = ownsMachine() ? undefined : owner();
  if (other !== undefined) {
    if (isAlive(other)) {
      throw new LabError(
        `another lab is up on this machine, ${other}; run \`lab down\` there (or with ETCD_LAB_DIR=${other})`,
      );
    }
    console.log(`clearing away what ${other} left when it was cut off; its files stay`);
    await clearMachine(other);
  }
  writeFileSync(OWNER_FILE, `${LAB_DIR}\n`);
}

/** Whether any process of the lab in a directory runs: its daemon, a host, an engine. */
function isAlive(labDir: string): boolean {
  return (
    livingProcess(join(labDir, RECORD_NAME)) !== undefined ||
    machinesWithCgroups().some((machine) => processesOf(machine).length > 0) ||
    processesWith(backendOf(labDir)).length > 0
  );
}

async function waitUntilUp(): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await apiAnswers())) {
    const alive = runningDaemon() !== undefined;
    if (alive && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      continue;
    }
    const end = readFileSync(LOG, "utf8").trimEnd().split("\n").slice(-20).join("\n    ");
    throw new LabError(
      `the lab's daemon ${alive ? `does not answer after ${START_TIMEOUT_MS / 1000} s` : "has ended"}. The end of ${LOG}:\n    ${end}`,
    );
  }
}
