import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

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
 * fakes in /fake/bin. System directories are bound into it by sandbox.sh.
 *
 * @returns the path of the tree; the caller removes it.
 */
export function makeTree(): string {
  const tree = mkdtempSync(join(tmpdir(), "etcd-node-"));
  chmodSync(tree, 0o755);
  for (const dir of ["etc", "opt", "run", "tmp", "root", "proc", "dev", "var/lib", "usr/local/bin", "fake"]) {
    mkdirSync(join(tree, dir), { recursive: true });
  }
  for (const [file, content] of Object.entries(ETC)) writeFileSync(join(tree, "etc", file), content);
  cpSync("/etc/ld.so.cache", join(tree, "etc/ld.so.cache"));
  cpSync(FAKES, join(tree, "fake"), { recursive: true });
  return tree;
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
