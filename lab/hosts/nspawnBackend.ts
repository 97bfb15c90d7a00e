import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { AttachedDisk, DiskSpec, FirewallRule, HostBackend, HostRelease, HostSpec } from "./backend";
import { baseImageDir } from "./baseImage";
import { Disks } from "./disks";
import { renderFirewall } from "./firewall";
import { Machine } from "./machine";
import { LAB_NETNS, machineName } from "./names";
import { nft } from "./namespaces";
import { createLabNetwork, translateExternalAddresses } from "./network";

/** Where the hosts live. */
export interface NspawnOptions {
  readonly labDir: string;
  /** Where the node image of a release is, used read-only as the lowest layer of its hosts. */
  readonly baseImageDir: (release: HostRelease) => string;
  readonly netns: string;
}

/** Hosts as systemd-nspawn machines on this machine; needs root. */
export function createNspawnBackend(options: NspawnOptions): HostBackend {
  if (options.netns !== LAB_NETNS) throw new Error(`netns: got ${options.netns}; the lab's is ${LAB_NETNS}`);
  return new NspawnBackend(options);
}

/** A host of the lab in this folder, for `lab logs`, faults and the like. */
export function openMachine(labDir: string, name: string): Machine {
  return new Machine(name, labDir, baseImageDir, new Disks(labDir));
}

/** Names of the hosts that the lab in this folder knows. */
export function knownHosts(labDir: string): string[] {
  const dir = join(labDir, "hosts");
  return existsSync(dir) ? readdirSync(dir).sort() : [];
}

class NspawnBackend implements HostBackend {
  private readonly disks: Disks;
  /** One operation at a time on a host: the API's clients do not wait for each other. */
  private readonly queues = new Map<string, Promise<unknown>>();
  private networkReady: Promise<void> | undefined;

  constructor(private readonly options: NspawnOptions) {
    mkdirSync(options.labDir, { recursive: true });
    this.disks = new Disks(options.labDir);
  }

  async createDisk(disk: DiskSpec): Promise<void> {
    this.disks.create(disk);
  }

  resizeDisk(disk: DiskSpec): Promise<void> {
    return this.disks.resize(disk);
  }

  deleteDisk(id: string): Promise<void> {
    return this.disks.delete(id);
  }

  start(host: HostSpec): Promise<void> {
    return this.inTurn(host.name, async () => {
      this.networkReady ??= createLabNetwork();
      await this.networkReady;
      await this.machine(host.name).start(host);
    });
  }

  stop(name: string): Promise<void> {
    return this.inTurn(name, () => this.machine(name).stop());
  }

  reset(name: string): Promise<void> {
    return this.inTurn(name, async () => {
      const machine = this.machine(name);
      const { spec } = machine;
      await machine.kill();
      await machine.stop();
      await machine.start(spec);
    });
  }

  destroy(name: string): Promise<void> {
    return this.inTurn(name, () => this.machine(name).destroy());
  }

  async isRunning(name: string): Promise<boolean> {
    return this.machine(name).isRunning();
  }

  attachDisk(name: string, disk: AttachedDisk): Promise<void> {
    return this.inTurn(name, () => this.machine(name).attach(disk));
  }

  detachDisk(name: string, deviceName: string): Promise<void> {
    return this.inTurn(name, () => this.machine(name).detach(deviceName));
  }

  async applyFirewall(rules: readonly FirewallRule[], hosts: readonly HostSpec[]): Promise<void> {
    this.networkReady ??= createLabNetwork();
    await this.networkReady;
    // After the calls before it: each puts all addresses in force, and the last must win.
    await this.inTurn("", () => translateExternalAddresses(hosts));
    await Promise.all(
      hosts.map((host) =>
        this.inTurn(host.name, async () => {
          const netns = machineName(host.name);
          if (!existsSync(`/run/netns/${netns}`)) return;
          await nft(netns, renderFirewall(rules, host, hosts));
        }),
      ),
    );
  }

  private machine(name: string): Machine {
    return new Machine(name, this.options.labDir, this.options.baseImageDir, this.disks);
  }

  private inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.queues.get(name) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.queues.set(
      name,
      mine.catch(() => undefined),
    );
    return mine;
  }
}
