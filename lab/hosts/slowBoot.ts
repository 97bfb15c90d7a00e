import type { AttachedDisk, DiskSpec, FirewallRule, HostBackend, HostSpec } from "./backend";

interface Booting {
  spec: HostSpec;
  readonly timer: NodeJS.Timeout;
}

/** Hosts that take as long to come up as VMs do: a start is over at once, and the host comes up later. */
export class SlowBoot implements HostBackend {
  private readonly booting = new Map<string, Booting>();
  private firewall: [rules: readonly FirewallRule[], hosts: readonly HostSpec[]] = [[], []];

  /** @param bootMs how long a start takes now; with 0 it is over when the host runs */
  constructor(
    private readonly hosts: HostBackend,
    private readonly bootMs: () => number,
  ) {}

  async start(spec: HostSpec): Promise<void> {
    const ms = this.bootMs();
    this.cancel(spec.name);
    if (ms === 0 || (await this.hosts.isRunning(spec.name))) return this.hosts.start(spec);
    const timer = setTimeout(() => void this.comeUp(spec.name), ms);
    timer.unref();
    this.booting.set(spec.name, { spec, timer });
  }

  stop(name: string): Promise<void> {
    this.cancel(name);
    return this.hosts.stop(name);
  }

  destroy(name: string): Promise<void> {
    this.cancel(name);
    return this.hosts.destroy(name);
  }

  async reset(name: string): Promise<void> {
    // What has not come up yet has nothing to lose.
    if (!this.booting.has(name)) await this.hosts.reset(name);
  }

  async attachDisk(name: string, disk: AttachedDisk): Promise<void> {
    if (!this.changeDisks(name, (disks) => [...disks, disk])) await this.hosts.attachDisk(name, disk);
  }

  async detachDisk(name: string, deviceName: string): Promise<void> {
    if (!this.changeDisks(name, (disks) => disks.filter((disk) => disk.deviceName !== deviceName)))
      await this.hosts.detachDisk(name, deviceName);
  }

  applyFirewall(rules: readonly FirewallRule[], hosts: readonly HostSpec[]): Promise<void> {
    this.firewall = [rules, hosts];
    return this.hosts.applyFirewall(rules, hosts);
  }

  createDisk(disk: DiskSpec): Promise<void> {
    return this.hosts.createDisk(disk);
  }

  resizeDisk(disk: DiskSpec): Promise<void> {
    return this.hosts.resizeDisk(disk);
  }

  deleteDisk(id: string): Promise<void> {
    return this.hosts.deleteDisk(id);
  }

  isRunning(name: string): Promise<boolean> {
    return this.hosts.isRunning(name);
  }

  private async comeUp(name: string): Promise<void> {
    const spec = this.booting.get(name)?.spec;
    this.booting.delete(name);
    if (!spec) return;
    try {
      await this.hosts.start(spec);
      await this.hosts.applyFirewall(...this.firewall);
    } catch (error) {
      // As on GCE, where only the serial console shows that a VM does not boot.
      console.error(`lab: ${name} did not come up: ${(error as Error).message}`);
    }
  }

  private cancel(name: string): void {
    clearTimeout(this.booting.get(name)?.timer);
    this.booting.delete(name);
  }

  private changeDisks(
    name: string,
    change: (disks: readonly AttachedDisk[]) => readonly AttachedDisk[],
  ): boolean {
    const booting = this.booting.get(name);
    if (booting) booting.spec = { ...booting.spec, attachedDisks: change(booting.spec.attachedDisks) };
    return booting !== undefined;
  }
}
