import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A key pair in OpenSSH's formats. */
export interface SshKey {
  readonly privateKey: string;
  /** As a line of authorized_keys, without comment. */
  readonly publicKey: string;
}

/** Makes a key pair by ssh-keygen. */
export function makeSshKey({ type = "ed25519", password = "" } = {}): SshKey {
  const folder = mkdtempSync(join(tmpdir(), "conformance-key-"));
  try {
    const file = join(folder, "key");
    execFileSync("ssh-keygen", ["-q", "-t", type, "-N", password, "-C", "", "-f", file]);
    return {
      privateKey: readFileSync(file, "utf8"),
      publicKey: readFileSync(`${file}.pub`, "utf8").trim(),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
