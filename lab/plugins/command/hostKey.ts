/** A server's public key. */
export interface HostKey {
  /** For example `ssh-ed25519`. */
  readonly type: string;
  readonly blob: Buffer;
}

/** Parses an authorized_keys line; the error text is Go's. */
export function parseHostKey(line: string): HostKey {
  const [type = "", encoded = ""] = line.trim().split(/\s+/);
  const blob = Buffer.from(encoded, "base64");
  const length = blob.length > 4 ? blob.readUInt32BE(0) : 0;
  if (length === 0 || blob.subarray(4, 4 + length).toString() !== type) {
    throw new Error("failed to parse host key: ssh: no key found");
  }
  return { type, blob };
}
