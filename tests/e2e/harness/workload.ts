import { mkdtempSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import execa from "execa";
import { readToolchain } from "../../../lab/commands/shared/toolchain";
import type { Lab } from "./lab";

/** Settings of a run; see `tests/workload/main.go`. */
export interface WorkloadOptions {
  /** Processes, half of them writers. @default 6 */
  readonly clients?: number;
  /** @default 4 */
  readonly keys?: number;
  /** Operations per second, of all clients together. @default 60 */
  readonly rate?: number;
  /** Longest time to run, in s. @default 600 */
  readonly seconds?: number;
}

/** What a run says of itself at its end. */
export interface Summary {
  readonly puts: number;
  readonly cas: number;
  readonly gets: number;
  readonly acknowledgedWrites: number;
  readonly unknownWrites: number;
  readonly failedReads: number;
  /** Longest time without any acknowledged write. */
  readonly longestWriteGapMs: number;
  /** When that began, RFC 3339. */
  readonly longestWriteGapAt: string;
  readonly firstRevision: number;
  readonly lastRevision: number;
  readonly revisionWentBack: boolean;
  /** Cluster IDs that were seen, in hex. */
  readonly clusters: readonly string[];
  readonly durationMs: number;
}

/** One rule that the history breaks. */
export interface Violation {
  readonly rule: "linearizable" | "revision" | "modRevision" | "cluster";
  readonly key: string;
  readonly text: string;
  readonly operations: readonly Record<string, unknown>[];
}

/** What the checker says of a history. */
export interface Verdict {
  readonly holds: boolean;
  readonly operations: number;
  readonly keys: number;
  readonly unknownWrites: number;
  /** Unknown writes whose value was seen later on. */
  readonly unknownEffective: number;
  readonly cluster: string;
  readonly firstRevision: number;
  readonly lastRevision: number;
  readonly violations: readonly Violation[];
  /** Keys for which the checker's time was up. */
  readonly undecided: readonly string[];
}

const CHECK_TIMEOUT_S = 60;

/**
 * Clients that read and write while something is done to the cluster, from the operator's place in the lab's
 * network, and the checker of what they saw.
 *
 * The lab's firewall lets that place, 10.240.0.1, reach port 2379 only when the stack's setting
 * `apiServerSourceRanges` has `"10.240.0.1/32"`, as API servers outside the controllers need it as well:
 * `lab.set({ "apiServerSourceRanges[0]": "10.240.0.1/32" })` before an `up`.
 */
export class Workload {
  private constructor(
    private readonly lab: Lab,
    private readonly dir: string,
    private readonly process: execa.ExecaChildProcess,
  ) {}

  /**
   * Starts the clients with the stack's outputs, and returns once the cluster answers them.
   *
   * @throws Error with the reason when it does not.
   */
  static async start(lab: Lab, options: WorkloadOptions = {}): Promise<Workload> {
    const dir = mkdtempSync(join(lab.dir, "workload-"));
    const outputs = await lab.outputs();
    writeCredentials(dir, outputs);
    const flags = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
    const argv = [
      `--endpoints=${endpointsOf(outputs)}`,
      ...credentialFlags(dir),
      `--history=${historyFile(dir)}`,
      ...flags,
    ];
    const child = execa("nsenter", inNetwork("run", ...argv), { reject: false, stdin: "pipe" });
    const workload = new Workload(lab, dir, child);
    await workload.running();
    return workload;
  }

  /** Hands the clients the stack's present certificates; they connect again within a second or two. */
  async refreshCredentials(): Promise<void> {
    writeCredentials(this.dir, await this.lab.outputs());
  }

  /** Ends the clients. @throws Error with what they printed when they have failed. */
  async stop(): Promise<Summary> {
    this.process.stdin?.end();
    const { exitCode, stdout, stderr } = await this.process;
    if (exitCode !== 0) throw new Error(`the workload ended with ${exitCode}:\n${stderr}`);
    return JSON.parse(stdout) as Summary;
  }

  /**
   * Judges the history of a run that was stopped, after one more read of every key at every member that
   * the stack now has, and returns the verdict, good or bad.
   *
   * @throws Error when a member does not answer.
   */
  async check(): Promise<Verdict> {
    const outputs = await this.lab.outputs();
    writeCredentials(this.dir, outputs);
    const flags = [`--timeout=${CHECK_TIMEOUT_S}s`, `--final-endpoints=${endpointsOf(outputs)}`];
    const argv = inNetwork("check", historyFile(this.dir), ...flags, ...credentialFlags(this.dir));
    const { stdout, stderr } = await execa("nsenter", argv, {
      reject: false,
      stdin: "ignore",
      timeout: (CHECK_TIMEOUT_S + 60) * 1000,
    });
    if (stdout === "") throw new Error(`no verdict: ${stderr}`);
    return JSON.parse(stdout) as Verdict;
  }

  private async running(): Promise<void> {
    let text = "";
    const said = new Promise<void>((resolve) => {
      this.process.stderr?.on("data", (chunk: Buffer) => {
        text += chunk.toString();
        if (/^running$/m.test(text)) resolve();
      });
    });
    const ended = this.process.then(() => {
      throw new Error(`the workload did not start:\n${text}`);
    });
    // Once it runs, its end is the business of stop().
    ended.catch(() => {});
    await Promise.race([said, ended]);
  }
}

/** Arguments of nsenter that run the workload program in the lab's network. */
function inNetwork(...argv: string[]): string[] {
  return ["--net=/run/netns/etcd-lab", "--", readToolchain().workload, ...argv];
}

function endpointsOf(outputs: Record<string, unknown>): string {
  return (outputs.endpoints as string[]).join(",");
}

function historyFile(dir: string): string {
  return join(dir, "history.jsonl");
}

const FILES = {
  cacert: ["ca.pem", "caCertPem"],
  cert: ["client.pem", "kubernetesCertPem"],
  key: ["client-key.pem", "kubernetesKeyPem"],
} as const;

function credentialFlags(dir: string): string[] {
  return Object.entries(FILES).map(([flag, [file]]) => `--${flag}=${join(dir, file)}`);
}

function writeCredentials(dir: string, outputs: Record<string, unknown>): void {
  for (const [file, output] of Object.values(FILES)) {
    const path = join(dir, file);
    writeFileSync(`${path}.new`, String(outputs[output]), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }
}
