/** Parses an authorized_keys line into the key's blob; the error text is Go's. */
export function parseHostKey(line: string): Buffer {
  const blob = Buffer.from(line.trim().split(/\s+/)[1] ?? "", "base64");
  const type = line.trim().split(/\s+/)[0] ?? "";
  const length = blob.length > 4 ? blob.readUInt32BE(0) : 0;
  if (length === 0 || blob.subarray(4, 4 + length).toString() !== type) {
    throw new Error("failed to parse host key: ssh: no key found");
  }
  return blob;
}
