import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readToolchain } from "./toolchain";

/** sha256 of each etcd tarball in the lab's mirror, by version. */
export function mirrorSums(): Map<string, string> {
  const { mirrorDir } = readToolchain();
  const sums = new Map<string, string>();
  for (const entry of existsSync(mirrorDir) ? readdirSync(mirrorDir) : []) {
    const file = join(mirrorDir, entry, "SHA256SUMS");
    const sum = existsSync(file) && /^([0-9a-f]{64}) /.exec(readFileSync(file, "utf8"))?.[1];
    if (sum) sums.set(entry.replace(/^v/, ""), sum);
  }
  return sums;
}
