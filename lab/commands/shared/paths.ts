import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

/** The checkout. */
export const ROOT = resolve(__dirname, "../../..");

/** The lab's state, `.lab` in the checkout unless ETCD_LAB_DIR says otherwise; `lab down` removes it. */
export const LAB_DIR = resolve(process.env.ETCD_LAB_DIR ?? join(ROOT, ".lab"));

/** A path below the lab's state directory. */
export function labPath(...parts: string[]): string {
  return join(LAB_DIR, ...parts);
}

/** Makes a directory below the lab's state directory, for root only, and names it. */
export function labDirectory(...parts: string[]): string {
  const path = labPath(...parts);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}
