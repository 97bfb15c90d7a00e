import { spawn } from "node:child_process";
import { join } from "node:path";
import { dropRecord, saveRecord } from "./processes";

/** Options of {@link foreground}. */
export interface ForegroundOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** The directory in which the process is recorded, as PID.json, while it runs. */
  readonly recordIn?: string;
}

/**
 * Runs a program on this terminal and returns its exit status, 128 + N for signal N's usual ones.
 *
 * The terminal sends Ctrl-C to the program too, which ends in its own way; this process waits for it.
 */
export async function foreground(argv: readonly string[], options: ForegroundOptions = {}): Promise<number> {
  const [command = "", ...args] = argv;
  const child = spawn(command, args, {
    stdio: "inherit",
    cwd: options.cwd,
    env: options.env ?? process.env,
  });
  const wait = () => undefined;
  const forward = () => child.kill("SIGTERM");
  process.on("SIGINT", wait).on("SIGTERM", forward);
  const recordFile = options.recordIn && child.pid ? join(options.recordIn, `${child.pid}.json`) : undefined;
  if (recordFile && child.pid) saveRecord(recordFile, child.pid);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, name) => resolve(code ?? (name === "SIGKILL" ? 137 : 143)));
    });
  } finally {
    process.off("SIGINT", wait).off("SIGTERM", forward);
    if (recordFile) dropRecord(recordFile);
  }
}
