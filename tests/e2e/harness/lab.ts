import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import execa from "execa";
import { backendOf } from "../../../lab/commands/shared/engine";
import { processesWith, signal } from "../../../lab/commands/shared/processes";
import { machinesWithCgroups, processesOf } from "../../../lab/hosts/cgroups";
import { recovered } from "../../../scripts/recover";

const ROOT = resolve(__dirname, "../../..");
const LAB = join(ROOT, "lab/bin/lab");
/** An `up` without a preview before it. */
export const UP = ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive"] as const;
/** The filter of a list without the network that every project has, and its subnetworks and rules. */
export const NOT_DEFAULT = "name!=default*";
const RUN_TIMEOUT_MS = 590_000;

/** What a command of the lab did. */
export interface Ran {
  readonly status: number;
  /** stdout and stderr, in the order in which they came. */
  readonly output: string;
  readonly stdout: string;
}

/** One resource of an exported state. */
export interface StateResource {
  readonly urn: string;
  readonly outputs: Record<string, unknown>;
}

/** A command of the lab that has not ended yet. */
export interface Running {
  /** What `find` finds in the output so far, as soon as it does; nothing when the command ends without it. */
  shows<T>(find: (output: string) => T | undefined): Promise<T | undefined>;
  readonly ended: Promise<Ran>;
}

/** A lab of this test's own, below the system's temporary folder. */
export class Lab {
  readonly dir = mkdtempSync(join(tmpdir(), "etcd-lab-test-"));
  private readonly settingsFile = join(this.dir, "config/etcd-on-gce/Pulumi.lab.yaml");
  /** Everything that any command printed, for the search for secrets. */
  readonly printed: string[] = [];

  /** @param runTimeoutMs the longest time of one command. */
  constructor(private readonly runTimeoutMs = RUN_TIMEOUT_MS) {}

  async boot(...flags: string[]): Promise<void> {
    await this.must("boot", ...flags);
  }

  /** Ends the lab. @throws Error naming what is left on the machine. */
  async down(): Promise<void> {
    await this.must("down");
    rmSync(this.dir, { recursive: true, force: true });
    const left = [...(await leftovers(this.dir)), ...this.enginesLeft()];
    if (left.length > 0) throw new Error(`lab down left: ${left.join("; ")}`);
  }

  run(...args: string[]): Promise<Ran> {
    return this.start(...args).ended;
  }

  /** Starts a command and returns while it runs. */
  start(...args: string[]): Running {
    const child = execa(LAB, args, {
      cwd: ROOT,
      env: { ...process.env, ETCD_LAB_DIR: this.dir },
      all: true,
      reject: false,
      timeout: this.runTimeoutMs,
      stdin: "ignore",
    });
    let text = "";
    child.all?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    let over = false;
    const ended = child.then(({ exitCode, all, stdout }) => {
      over = true;
      this.printed.push(all ?? "");
      return { status: exitCode ?? 1, output: all ?? "", stdout };
    });
    const shows = async <T>(find: (output: string) => T | undefined) => {
      for (;;) {
        const isOver = over;
        const found = find(text);
        if (found !== undefined || isOver) return found;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    return { shows, ended };
  }

  /** @throws Error with the output unless the command succeeds. */
  async must(...args: string[]): Promise<Ran> {
    const ran = await this.run(...args);
    if (ran.status !== 0) throw new Error(`lab ${args.join(" ")} ended with ${ran.status}:\n${ran.output}`);
    return ran;
  }

  /** `pulumi up`, with settings of the program set before it. */
  async up(settings: Record<string, string> = {}, ...flags: string[]): Promise<Ran> {
    await this.set(settings);
    return this.run(...UP, ...flags);
  }

  /** Like {@link up}, and returns while it runs. */
  startUp(...flags: string[]): Running {
    return this.start(...UP, ...flags);
  }

  /** {@link up}. @throws Error with the output unless it succeeds. */
  async mustUp(settings: Record<string, string> = {}, ...flags: string[]): Promise<string> {
    const { status, output } = await this.up(settings, ...flags);
    if (status !== 0) throw new Error(output);
    return output;
  }

  /** {@link up}, which must fail. */
  async upRefused(settings: Record<string, string> = {}, ...flags: string[]): Promise<string> {
    const { status, output } = await this.up(settings, ...flags);
    if (status === 0) throw new Error(`it was not refused:\n${output}`);
    return output;
  }

  async set(settings: Record<string, string>): Promise<void> {
    for (const [name, value] of Object.entries(settings)) {
      await this.must("pulumi", "config", "set", "--path", `etcd-on-gce:${name}`, "--", value);
    }
  }

  async unset(...names: string[]): Promise<void> {
    for (const name of names) await this.must("pulumi", "config", "rm", `etcd-on-gce:${name}`);
  }

  /** The stack's settings as they are now, for {@link putSettings}. */
  settings(): string {
    return readFileSync(this.settingsFile, "utf8");
  }

  putSettings(settings: string): void {
    writeFileSync(this.settingsFile, settings, { mode: 0o600 });
  }

  /** The stack's outputs, secrets in the clear. */
  async outputs(): Promise<Record<string, unknown>> {
    const { stdout } = await this.quietly("pulumi", "stack", "output", "--json", "--show-secrets");
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  /** The stack's state as text, secrets in the clear. */
  async plainState(): Promise<string> {
    return (await this.quietly("pulumi", "stack", "export", "--show-secrets")).stdout;
  }

  /** Changes resources in the stack's state, as time or somebody at the console would. */
  async editState(change: (resource: StateResource) => void): Promise<void> {
    const { stdout } = await this.quietly("pulumi", "stack", "export");
    const state = JSON.parse(stdout) as { deployment: { resources: StateResource[] } };
    for (const resource of state.deployment.resources) change(resource);
    await this.importState(JSON.stringify(state));
  }

  /** Puts a state in the place of the stack's. */
  async importState(state: string): Promise<void> {
    const file = join(this.dir, "imported-state.json");
    writeFileSync(file, state, { mode: 0o600 });
    await this.must("pulumi", "stack", "import", "--file", file);
    rmSync(file);
  }

  /** `npm run recover`, which lab and test cannot run in the lab's network; what it took into the state. */
  async recover(): Promise<string[]> {
    const found = recovered((await this.quietly("pulumi", "stack", "export")).stdout);
    if (!found) return [];
    await this.importState(found.state);
    return found.urns.map((urn) => urn.split("::").pop() ?? "");
  }

  /** As if the time had come: the state says that these members' certificates end in so many days. */
  leavesEndIn(days: number, members = /\d/): Promise<void> {
    return this.editState((resource) => {
      const member = /LocallySignedCert::etcd-pki-controller-(\d)$/.exec(resource.urn)?.[1];
      if (member === undefined || !members.test(member)) return;
      resource.outputs.validityEndTime = new Date(Date.now() + days * 86_400_000).toISOString();
    });
  }

  /** Everything that the engine keeps on disk: state, backups and history. */
  stateFiles(): string {
    const dir = join(this.dir, "state/.pulumi");
    const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    return files.map((file) => readFileSync(join(file.parentPath, file.name), "utf8")).join("\n");
  }

  /** Runs a program as root on a host, without SSH. */
  async onHost(host: string, ...argv: string[]): Promise<string> {
    const pid = await this.leaderOf(host);
    const { stdout } = await execa("nsenter", ["-t", pid, "-m", "-u", "-i", "-n", "-p", "--", ...argv], {
      timeout: 60_000,
    });
    return stdout;
  }

  /** Calls the lab's compute API from inside its network. */
  async api(method: string, path: string, body?: unknown): Promise<unknown> {
    const url = `http://127.0.0.1:8700/compute/v1/projects/etcd-lab/${path}`;
    const args = ["--net=/run/netns/etcd-lab", "--", "curl", "-sS", "--max-time", "60", "-X", method, url];
    const headers = ["-H", "Authorization: Bearer lab", "-H", "Content-Type: application/json"];
    const data = body === undefined ? [] : ["-d", JSON.stringify(body)];
    const { stdout } = await execa("nsenter", [...args, ...headers, ...data]);
    return JSON.parse(stdout) as unknown;
  }

  /** Its daemon, all that runs in its hosts, its engines' programs and plugins. */
  processes(): number[] {
    return [...processesWith(`ETCD_LAB_DIR=${this.dir}`), ...machinesWithCgroups().flatMap(processesOf)];
  }

  /**
   * SIGKILLs the running engine and all that it started, at once: `lab kill-engine` takes a second to begin.
   *
   * @returns whether an engine was there to be killed.
   */
  cutNow(): boolean {
    const pids = processesWith(backendOf(this.dir));
    // Looked at once: of a process that was killed nothing says any more what it was.
    const engines = pids.filter((pid) => commandOf(pid) === "pulumi");
    // The engine first, so that it cannot tell what becomes of its plugins.
    for (const pid of [...engines, ...pids.filter((pid) => !engines.includes(pid))]) signal(pid, "SIGKILL");
    return engines.length > 0;
  }

  /** Programs and plugins that outlived the lab: no one's children spin on a core for hours. */
  private enginesLeft(): string[] {
    return processesWith(backendOf(this.dir)).map((pid) => `process ${pid} of an engine`);
  }

  /** A command whose output holds secrets by intent: kept out of {@link printed}. */
  async quietly(...args: string[]): Promise<Ran> {
    const ran = await this.must(...args);
    this.printed.pop();
    return ran;
  }

  private async leaderOf(host: string): Promise<string> {
    const file = join(this.dir, "hosts", host, "pid");
    if (!existsSync(file)) throw new Error(`${host} is not running`);
    const pid = readFileSync(file, "utf8").trim();
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")[0] ?? "";
  }
}

/** A process's name; nothing when it has gone. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return "";
  }
}

/** What a lab that is gone must not leave on the machine. */
export async function leftovers(dir: string): Promise<string[]> {
  const own = new RegExp(`${dir}/`);
  const found = async (program: string, args: string[], pattern: RegExp) => {
    const { stdout } = await execa(program, args, { reject: false });
    return stdout.split("\n").filter((line) => pattern.test(line));
  };
  return [
    ...(await found("ip", ["netns", "list"], /etcd-?lab/)),
    ...(await found("cat", ["/proc/self/mountinfo"], own)),
    ...(await found("losetup", ["--list", "--noheadings"], own)),
    ...(await found("ps", ["-eo", "pid,args"], /machine=etcdlab-|lab\/daemon\.ts/)),
    ...(await found("find", ["/sys/fs/cgroup", "-maxdepth", "2", "-name", "etcdlab-*"], /./)),
  ];
}
