import { createHash } from "node:crypto";

/** A short hash (16 hex digits) of texts in their order; the order and the bounds of each count. */
export function contentHash(texts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(texts)).digest("hex").slice(0, 16);
}
