import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestNode } from "./node";

const BINARIES = ["etcd", "etcdctl"];

function fakeBinary(name: string, version: string): string {
  return readFileSync(join(__dirname, "fakes/release", name), "utf8").replace("@VERSION@", version);
}

/**
 * Puts a release of fake binaries in the official layout on the mirror that the node's curl reads.
 *
 * @param holds the version that the binary says it is. @default `version`
 */
export function offerRelease(
  node: TestNode,
  version: string,
  holds = version,
): { url: string; sha256: string } {
  const name = `etcd-v${version}-linux-amd64`;
  const work = mkdtempSync(join(tmpdir(), "release-"));
  mkdirSync(join(work, name));
  for (const binary of BINARIES) {
    writeFileSync(join(work, name, binary), fakeBinary(binary, holds), { mode: 0o755 });
  }
  const tarball = execFileSync("tar", ["-cz", "-C", work, name]);
  rmSync(work, { recursive: true });
  mkdirSync(node.at("/fake/mirror"), { recursive: true });
  writeFileSync(node.at(`/fake/mirror/${name}.tar.gz`), tarball);
  return {
    url: `https://mirror.invalid/v${version}/${name}.tar.gz`,
    sha256: createHash("sha256").update(tarball).digest("hex"),
  };
}

/** Puts a release where `install` leaves it. */
export function installRelease(node: TestNode, version: string): void {
  const dir = `/opt/etcd/v${version}`;
  for (const binary of BINARIES) node.write(`${dir}/${binary}`, fakeBinary(binary, version), 0o755);
  node.write(`${dir}/SHA256`, `${createHash("sha256").update(version).digest("hex")}\n`);
}
