import { readFileSync } from "node:fs";

/** Where something is mounted, in the order of mounting. */
export function mountPoints(): string[] {
  return readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[4] ?? "");
}
