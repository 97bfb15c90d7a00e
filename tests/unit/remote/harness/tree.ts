import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const TOP = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];
const SYSTEM = ["bin", "sbin", "lib", "lib32", "lib64", "libexec", "share"]
  .map((name) => `/usr/${name}`)
  .concat("/etc/alternatives");
const DEVICES = ["/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"];

const FAKES = join(__dirname, "fakes");

/** What a Debian has in /etc and the phases read; `etcd` is not among the users yet. */
const ETC: Readonly<Record<string, string>> = {
  passwd: "root:x:0:0:root:/root:/bin/bash\n",
  group: "root:x:0:\n",
  shadow: "root:*:19000:0:99999:7:::\n",
  gshadow: "root:*::\n",
  "login.defs": "SYS_UID_MIN 100\nSYS_UID_MAX 999\nSYS_GID_MIN 100\nSYS_GID_MAX 999\n",
};

/**
 * Makes the directory tree of a fresh node in a new temporary directory: no etcd, no user for it, and the
 * fakes in /fake/bin. System directories are mounted on it by sandbox.sh.
 *
 * @returns the path of the tree; the caller removes it.
 */
export function makeTree(): string {
  const tree = mkdtempSync(join(tmpdir(), "etcd-node-"));
  chmodSync(tree, 0o755);
  const own = [
    "etc",
    "opt",
    "run",
    "tmp",
    "root",
    "proc",
    "dev/disk/by-id",
    "var/lib/etcd",
    "usr/local/bin",
    "fake",
  ];
  for (const dir of own) mkdirSync(join(tree, dir), { recursive: true });
  for (const [file, content] of Object.entries(ETC)) writeFileSync(join(tree, "etc", file), content);
  linkSystem(tree);
  cpSync("/etc/ld.so.cache", join(tree, "etc/ld.so.cache"));
  cpSync(FAKES, join(tree, "fake"), { recursive: true });
  return tree;
}

/** Makes what system directories and devices are mounted on; where the machine has a link, so has the tree. */
function linkSystem(tree: string): void {
  for (const dir of TOP) {
    if (lstatSync(dir, { throwIfNoEntry: false })?.isSymbolicLink()) {
      symlinkSync(readlinkSync(dir), join(tree, dir));
    }
  }
  for (const dir of systemDirectories()) mkdirSync(join(tree, dir), { recursive: true });
  for (const device of DEVICES) writeFileSync(join(tree, device), "");
  symlinkSync("/proc/self/fd", join(tree, "dev/fd"));
}

/** System directories that are bound into a tree, read-only. */
function systemDirectories(): string[] {
  return [...TOP, ...SYSTEM].filter((dir) => lstatSync(dir, { throwIfNoEntry: false })?.isDirectory());
}

/** What a run mounts below a tree, as an fstab: one `mount` does all of it. */
export function fstab(tree: string, roomMib: number): string {
  const bind = (source: string, target = source, options = "bind") =>
    `${source} ${join(tree, target)} none ${options} 0 0`;
  const hasDataDisk =
    existsSync(join(tree, "mnt/disks/etcd/data")) && !existsSync(join(tree, "fake/not-mounted"));
  return [
    bind(tree, "/"),
    ...systemDirectories().map((dir) => bind(dir, dir, "bind,ro")),
    `proc ${tree}/proc proc defaults 0 0`,
    ...DEVICES.map((device) => bind(device)),
    ...(roomMib > 0 ? [`tmpfs ${tree}/opt tmpfs size=${roomMib}m 0 0`] : []),
    // As mnt-disks-etcd.mount and var-lib-etcd.mount leave it, once install has run.
    ...(hasDataDisk ? [bind(join(tree, "mnt/disks/etcd/data"), "/var/lib/etcd")] : []),
    "",
  ].join("\n");
}

/** Copies a tree with owners and modes to a new temporary directory, whose path it returns. */
export function copyTree(tree: string): string {
  const copy = mkdtempSync(join(tmpdir(), "etcd-node-"));
  execFileSync("cp", ["-a", `${tree}/.`, copy]);
  return copy;
}

/** A spy under the name of every system command, for runs that log every argv there is. */
export function addSpies(tree: string): void {
  if (existsSync(join(tree, "fake/spies"))) return;
  mkdirSync(join(tree, "fake/spies"));
  const names = new Set(["/usr/sbin", "/usr/bin"].flatMap((dir) => readdirSync(dir)));
  // The interpreter of the spies themselves.
  for (const interpreter of ["bash", "env", "sh"]) names.delete(interpreter);
  for (const name of names) symlinkSync("../spy", join(tree, "fake/spies", name));
}
