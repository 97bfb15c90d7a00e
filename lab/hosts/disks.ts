import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
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
    for (const file of [this.path(id), `${this.path(id)}.pulled`]) rmSync(file, { force: true });
  }

  /** The disk's loop device, made when there is none. */
  async attach(id: string): Promise<string> {
    if (!existsSync(this.path(id))) throw new Error(`there is no disk ${id}`);
    const there = await this.device(id);
    if (there) return there;
    const device = (await run("losetup", ["--find", "--show", this.path(id)])).trim();
    this.notePulled(id, (pulled) => pulled.filter((name) => name !== device));
    return device;
  }

  /** Detaches a disk that a host still uses. What the host has there is dead: the disk gets another device. */
  async pull(id: string): Promise<void> {
    const device = await this.device(id);
    if (!device) return;
    this.notePulled(id, (pulled) => [...pulled, device]);
    await attempt("losetup", ["--detach", device]);
  }

  async detach(id: string): Promise<void> {
    const device = await this.device(id);
    if (device) await attempt("losetup", ["--detach", device]);
  }

  /** The disk's loop device; one that was detached and is still in use counts, unless it was pulled out. */
  async device(id: string): Promise<string | undefined> {
    const out = await run("losetup", [
      "--list",
      "--noheadings",
      "--output",
      "NAME",
      "--associated",
      this.path(id),
    ]);
    const pulled = this.pulled(id);
    return out
      .split("\n")
      .map((line) => line.trim())
      .find((name) => name !== "" && !pulled.includes(name));
  }

  /** Devices that the disk was pulled out of. */
  private pulled(id: string): string[] {
    const file = `${this.path(id)}.pulled`;
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as string[]) : [];
  }

  private notePulled(id: string, change: (pulled: string[]) => string[]): void {
    const [before, file] = [this.pulled(id), `${this.path(id)}.pulled`];
    const after = change(before);
    if (after.length > 0) writeFileSync(file, JSON.stringify(after));
    else rmSync(file, { force: true });
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
