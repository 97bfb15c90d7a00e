import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { DiskSpec } from "./backend";
import { attempt, run } from "./run";

const BYTES_PER_GB = 1024 ** 3;

/** Disks as sparse files on loop devices, so that a full disk is really full. */
export class Disks {
  private readonly dir: string;

  constructor(labDir: string) {
    this.dir = join(labDir, "disks");
  }

  create(disk: DiskSpec): void {
    mkdirSync(this.dir, { recursive: true });
    this.setSize(disk, "wx");
  }

  /** Grows a disk; a host sees the new size at once. */
  async resize(disk: DiskSpec): Promise<void> {
    this.setSize(disk, "r+");
    const device = await this.device(disk.id);
    if (device) await run("losetup", ["--set-capacity", device]);
  }

  async delete(id: string): Promise<void> {
    await this.detach(id);
    rmSync(this.path(id), { force: true });
  }

  /** The disk's loop device, made when there is none. */
  async attach(id: string): Promise<string> {
    if (!existsSync(this.path(id))) throw new Error(`there is no disk ${id}`);
    return (await this.device(id)) ?? (await run("losetup", ["--find", "--show", this.path(id)])).trim();
  }

  async detach(id: string): Promise<void> {
    const device = await this.device(id);
    if (device) await attempt("losetup", ["--detach", device]);
  }

  /** The disk's loop device. One that only waits for its last user to let go is none any more. */
  async device(id: string): Promise<string | undefined> {
    const out = await run("losetup", [
      "--list",
      "--noheadings",
      "--output",
      "NAME,AUTOCLEAR",
      "--associated",
      this.path(id),
    ]);
    return /^(\S+)\s+0$/m.exec(out)?.[1];
  }

  private path(id: string): string {
    return join(this.dir, `${id}.img`);
  }

  private setSize({ id, sizeGb }: DiskSpec, flags: string): void {
    const file = openSync(this.path(id), flags, 0o600);
    try {
      ftruncateSync(file, sizeGb * BYTES_PER_GB);
    } finally {
      closeSync(file);
    }
  }
}
