import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { engineRecords } from "../../lab/commands/shared/engine";
import { LAB_DIR, ROOT } from "../../lab/commands/shared/paths";
import { dropRecord, processTree, saveRecord, signal } from "../../lab/commands/shared/processes";

/** Options of {@link run}. */
export interface RunOptions {
  /** Ended by force when it takes longer. */
  readonly timeoutMs: number;
  /** Ends it early. */
  readonly stop?: AbortSignal;
  /** @default the benchmark's own, with the lab's directory */
  readonly env?: NodeJS.ProcessEnv;
  /** Given the process's ID. */
  readonly onStart?: (pid: number) => void;
  /** Given each line of stdout and the time at which it came. */
  readonly onLine?: (line: string, atMs: number) => void;
  /** Recorded as an engine of the lab, so that `lab down` ends it. @default false */
  readonly isEngine?: boolean;
}

/** What a program did. */
export interface Ran {
  readonly status: number;
  readonly stdout: string;
  /** stdout and stderr, line by line. */
  readonly output: string;
  readonly wallMs: number;
}

const GRACE_MS = 10_000;

/**
 * Runs a program to its end, in a process group of its own: Ctrl-C reaches the benchmark alone, which ends
 * the program in its own way.
 *
 * @throws Error when it cannot be started, takes too long or is stopped.
 */
export async function run(argv: readonly string[], options: RunOptions): Promise<Ran> {
  options.stop?.throwIfAborted();
  const [command = "", ...args] = argv;
  const started = performance.now();
  const child = spawn(command, args, {
    cwd: ROOT,
    env: options.env ?? { ...process.env, ETCD_LAB_DIR: LAB_DIR },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  if (child.pid) options.onStart?.(child.pid);
  const { stdout, output } = collectLines(child, options.onLine);
  const record = options.isEngine && child.pid ? join(engineRecords(), `${child.pid}.json`) : undefined;
  if (record && child.pid) saveRecord(record, child.pid);
  const timers: NodeJS.Timeout[] = [];
  const end = () => timers.push(endGently(child));
  let late = false;
  timers.push(
    setTimeout(() => {
      late = true;
      end();
    }, options.timeoutMs),
  );
  options.stop?.addEventListener("abort", end, { once: true });
  try {
    const status = await ended(child);
    const wallMs = performance.now() - started;
    options.stop?.throwIfAborted();
    if (late) throw new Error(`${argv.join(" ")} took longer than ${options.timeoutMs / 1000} s`);
    return { status, stdout: stdout.join("\n"), output: output.join("\n"), wallMs };
  } finally {
    options.stop?.removeEventListener("abort", end);
    timers.forEach(clearTimeout);
    if (record) dropRecord(record);
  }
}

/** {@link run}. @throws Error with the end of the output unless it succeeds. */
export async function must(argv: readonly string[], options: RunOptions): Promise<Ran> {
  const ran = await run(argv, options);
  if (ran.status !== 0) {
    const end = ran.output.split("\n").slice(-30).join("\n    ");
    throw new Error(`${argv.join(" ")} ended with ${ran.status}:\n    ${end}`);
  }
  return ran;
}

/** The command line of one of the lab's commands. */
export function lab(...args: string[]): string[] {
  return [join(ROOT, "lab/bin/lab"), ...args];
}

function collectLines({ stdout, stderr }: ChildProcess, onLine: RunOptions["onLine"]) {
  const lines = { stdout: [] as string[], output: [] as string[] };
  const each = (stream: Readable | null, take: (line: string) => void) => {
    if (stream) createInterface({ input: stream }).on("line", take);
  };
  each(stdout, (line) => {
    onLine?.(line, Date.now());
    lines.stdout.push(line);
    lines.output.push(line);
  });
  each(stderr, (line) => lines.output.push(line));
  return lines;
}

function ended(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 128));
  });
}

/** Asks the whole group to end, and kills what is left of the tree a while later. */
function endGently({ pid, stdout, stderr }: ChildProcess): NodeJS.Timeout {
  if (pid) signal(-pid, "SIGTERM");
  return setTimeout(() => {
    for (const each of pid ? processTree(pid) : []) signal(each, "SIGKILL");
    // Whatever has left the tree may hold the pipes open.
    stdout?.destroy();
    stderr?.destroy();
  }, GRACE_MS);
}
