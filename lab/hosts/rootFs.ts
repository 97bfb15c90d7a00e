import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HostRelease, HostSpec } from "./backend";
import { MissingImageError } from "./baseImage";
import type { Disks } from "./disks";
import { mountPoints } from "./mounts";
import { GATEWAY, METADATA_IP } from "./names";
import { attempt, run } from "./run";

/** A host's root: an overlay whose upper layer is on the host's own boot disk. */
export class RootFs {
  readonly root: string;
  private readonly boot: string;

  constructor(
    hostDir: string,
    private readonly baseImageDir: (release: HostRelease) => string,
    private readonly disks: Disks,
  ) {
    this.root = join(hostDir, "root");
    this.boot = join(hostDir, "boot");
  }

  async mount(host: HostSpec): Promise<void> {
    await this.unmount();
    const baseImage = this.baseImageDir(host.release);
    if (!existsSync(baseImage)) throw new MissingImageError(host.release);
    const device = await this.disks.attach(host.bootDiskId);
    if (!(await attempt("blkid", ["--probe", device]))) {
      await run("mkfs.ext4", ["-q", "-m", "0", "-E", "lazy_itable_init=1,lazy_journal_init=1", device]);
    }
    for (const dir of [this.root, this.boot]) mkdirSync(dir, { recursive: true });
    await run("mount", ["-t", "ext4", device, this.boot]);
    const layers = { upperdir: join(this.boot, "upper"), workdir: join(this.boot, "work") };
    for (const dir of Object.values(layers)) mkdirSync(dir, { recursive: true });
    const options = `lowerdir=${baseImage},upperdir=${layers.upperdir},workdir=${layers.workdir}`;
    await run("mount", ["-t", "overlay", "overlay", "-o", options, this.root]);
    this.writeNames(host);
  }

  async unmount(): Promise<void> {
    for (const dir of [this.root, this.boot]) {
      if (isMounted(dir)) await run("umount", ["--recursive", "--lazy", dir]);
    }
  }

  private writeNames({ name, ip }: HostSpec): void {
    const etc = (file: string) => join(this.root, "etc", file);
    writeFileSync(etc("hostname"), `${name}\n`);
    const lines = [
      "127.0.0.1 localhost",
      `${METADATA_IP} metadata.google.internal metadata`,
      `${ip} ${name}`,
      `${GATEWAY} gateway`,
    ];
    writeFileSync(etc("hosts"), `${lines.join("\n")}\n`);
    // No name server answers in the lab: say so at once.
    rmSync(etc("resolv.conf"), { force: true });
    writeFileSync(etc("resolv.conf"), "nameserver 127.0.0.1\noptions attempts:1 timeout:1\n");
  }
}

/** True when something is mounted on the folder. */
function isMounted(dir: string): boolean {
  return mountPoints().includes(dir);
}
