import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { AttachedDisk, HostRelease, HostSpec } from "./backend";
import { createCgroups, endProcesses, removeCgroups } from "./cgroups";
import type { Disks } from "./disks";
import { machineName } from "./names";
import { inHost } from "./namespaces";
import { createHostNetwork, removeHostNetwork } from "./network";
import { RootFs } from "./rootFs";
import { run } from "./run";
import { signal } from "./signal";

const STOP_MS = 20_000;
const POLL_MS = 50;

// Arguments: the device's numbers, and the paths of its nodes, which are bind mounts for a disk of the start.
const PULL_OUT = `
numbers=$1
shift
dir=$(awk -v n="$numbers" '$3 == n && $5 !~ "^/dev/" { print $5; exit }' /proc/self/mountinfo)
# One mount of the file system is enough: they all share what is aborted.
[ -z "$dir" ] || mount -o remount,abort "$dir" || umount --lazy "$dir"
for node; do
  umount --lazy "$node" 2>/dev/null || true
  rm -f "$node"
done`;

/** One host: a systemd-nspawn machine on its own root, disks, cgroups and network namespace. */
export class Machine {
  readonly dir: string;
  private readonly rootFs: RootFs;

  constructor(
    private readonly name: string,
    labDir: string,
    baseImageDir: (release: HostRelease) => string,
    private readonly disks: Disks,
  ) {
    this.dir = join(labDir, "hosts", name);
    this.rootFs = new RootFs(this.dir, baseImageDir, disks);
  }

  /** The host as it was started last. */
  get spec(): HostSpec {
    const file = join(this.dir, "spec.json");
    if (!existsSync(file)) throw new Error(`there is no host ${this.name}`);
    return JSON.parse(readFileSync(file, "utf8")) as HostSpec;
  }

  async start(spec: HostSpec): Promise<void> {
    if (this.isRunning()) return;
    await endProcesses(machineName(this.name));
    mkdirSync(this.dir, { recursive: true });
    writeFileSync(join(this.dir, "spec.json"), JSON.stringify(spec));
    await this.rootFs.mount(spec);
    const disks = await Promise.all(spec.attachedDisks.map((disk) => this.bindArguments(disk)));
    await createHostNetwork(this.name, spec.ip);
    const child = this.spawn(disks.flat());
    const end = Date.now() + 10_000;
    while (this.leader() === undefined) {
      // Not isRunning: a process has no command line in the instant in which it executes another program.
      if (child.exitCode !== null || child.signalCode !== null || Date.now() > end)
        throw new Error(`${this.name} did not start: ${this.consoleTail()}`);
      await setTimeout(POLL_MS);
    }
  }

  async stop(): Promise<void> {
    const pid = this.pid();
    if (pid !== undefined) {
      // systemd-nspawn passes it on as a request to halt.
      signal(pid, "SIGTERM");
      if (!(await this.gone(STOP_MS))) await this.kill();
    }
    await this.clean();
  }

  /** As when the power is cut. */
  async kill(): Promise<void> {
    const leader = this.leader();
    if (leader !== undefined) signal(leader, "SIGKILL");
    await this.gone(2_000);
    const pid = this.pid();
    if (pid !== undefined) signal(pid, "SIGKILL");
    await this.gone(5_000);
  }

  /** Stops it and forgets it; its disks stay. */
  async destroy(): Promise<void> {
    await this.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }

  isRunning(): boolean {
    return this.pid() !== undefined;
  }

  /** PID of the host's init, as this machine sees it. */
  leader(): number | undefined {
    const pid = this.pid();
    if (pid === undefined) return undefined;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
    return Number(children[0]) || undefined;
  }

  /** Makes a disk appear in the running host. */
  async attach(disk: AttachedDisk): Promise<void> {
    const device = await this.disks.attach(disk.id);
    const link = `/dev/disk/by-id/google-${disk.deviceName}`;
    const [major, minor] = (await run("lsblk", ["-dno", "MAJ:MIN", device])).trim().split(":");
    const script = `mkdir -p /dev/disk/by-id && rm -f ${link} && mknod ${link} b ${major} ${minor}`;
    await this.inside(["sh", "-c", script]);
    this.remember([...this.spec.attachedDisks.filter((d) => d.deviceName !== disk.deviceName), disk]);
  }

  /** Takes a disk away, whatever the host does with it: as on GCE, what is mounted stays mounted and fails. */
  async detach(deviceName: string): Promise<void> {
    const disk = this.spec.attachedDisks.find((d) => d.deviceName === deviceName);
    if (!disk) return;
    const device = await this.disks.device(disk.id);
    if (this.isRunning() && device) {
      const numbers = (await run("lsblk", ["-dno", "MAJ:MIN", device])).trim();
      await this.inside([
        "sh",
        "-c",
        PULL_OUT,
        "sh",
        numbers,
        device,
        `/dev/disk/by-id/google-${deviceName}`,
      ]);
      await this.disks.pull(disk.id);
    } else {
      await this.disks.detach(disk.id);
    }
    this.remember(this.spec.attachedDisks.filter((d) => d.deviceName !== deviceName));
  }

  /** Runs a program in the host, without SSH. */
  async inside(argv: readonly string[]): Promise<string> {
    const leader = this.leader();
    if (leader === undefined) throw new Error(`${this.name} is not running`);
    const [program = "", ...args] = inHost(leader, argv);
    return run(program, args);
  }

  private remember(attachedDisks: readonly AttachedDisk[]): void {
    writeFileSync(join(this.dir, "spec.json"), JSON.stringify({ ...this.spec, attachedDisks }));
  }

  private async bindArguments({ id, deviceName }: AttachedDisk): Promise<string[]> {
    const device = await this.disks.attach(id);
    return [`--bind=${device}`, `--bind=${device}:/dev/disk/by-id/google-${deviceName}`];
  }

  private spawn(binds: readonly string[]): ChildProcess {
    const machine = machineName(this.name);
    const cgroups = createCgroups(machine);
    const nspawn = [
      "systemd-nspawn",
      "--quiet",
      "--boot",
      "--register=no",
      "--keep-unit",
      "--resolv-conf=off",
      "--timezone=off",
      "--console=pipe",
      // As on a VM: systemd sets up the loopback device of a unit that has a network of its own.
      "--capability=CAP_NET_ADMIN",
      `--machine=${machine}`,
      `--hostname=${this.name}`,
      `--directory=${this.rootFs.root}`,
      `--network-namespace-path=/run/netns/${machine}`,
      ...binds,
    ];
    const enter = cgroups.map((file) => `echo $$ >'${file}'`).join(" && ");
    const console = openSync(join(this.dir, "console.log"), "a", 0o600);
    const child = spawn("/bin/sh", ["-c", `${enter} && exec "$@"`, "sh", ...nspawn], {
      stdio: ["ignore", console, console],
      detached: true,
      env: { PATH: process.env.PATH, SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: "1" },
    });
    closeSync(console);
    child.unref();
    writeFileSync(join(this.dir, "pid"), String(child.pid));
    return child;
  }

  private async clean(): Promise<void> {
    await this.rootFs.unmount();
    const spec = existsSync(join(this.dir, "spec.json")) ? this.spec : undefined;
    for (const disk of spec?.attachedDisks ?? []) await this.disks.detach(disk.id);
    if (spec) await this.disks.detach(spec.bootDiskId);
    await removeHostNetwork(this.name);
    removeCgroups(machineName(this.name));
    rmSync(join(this.dir, "pid"), { force: true });
  }

  private pid(): number | undefined {
    const file = join(this.dir, "pid");
    if (!existsSync(file)) return undefined;
    const pid = Number(readFileSync(file, "utf8"));
    return runsMachine(pid, machineName(this.name)) ? pid : undefined;
  }

  private async gone(ms: number): Promise<boolean> {
    const end = Date.now() + ms;
    while (this.isRunning()) {
      if (Date.now() > end) return false;
      await setTimeout(POLL_MS);
    }
    return true;
  }

  private consoleTail(): string {
    const file = join(this.dir, "console.log");
    return existsSync(file) ? readFileSync(file, "utf8").slice(-600) : "no console";
  }
}

/** A PID can belong to somebody else after a while: its command line must name the machine. */
function runsMachine(pid: number, machine: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(`--machine=${machine}`);
  } catch {
    return false;
  }
}
