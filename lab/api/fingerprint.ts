import { createHash } from "node:crypto";
import { conditionNotMet, type FingerprintField } from "./errors";

/** A value's fingerprint: opaque, base64, changed whenever the value is. */
export function fingerprint(value: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(value) ?? "")
    .digest()
    .subarray(0, 8)
    .toString("base64");
}

/** @throws the 412 that a stale or missing fingerprint gets. */
export function checkFingerprint(given: unknown, current: unknown, field: FingerprintField): void {
  if (given !== current) throw conditionNotMet(field);
}
