import { existsSync, readFileSync } from "node:fs";
import { cpus, loadavg, release } from "node:os";
import { join } from "node:path";
import { describePlugins } from "../../lab/commands/plugins";
import { mirrorSums } from "../../lab/commands/shared/mirrorSums";
import { readToolchain } from "../../lab/commands/shared/toolchain";

/**
 * What the figures are measured with, a line each. The load is that before the start: other work on the machine
 * makes figures of it worth little.
 */
export function describeSetup(): string[] {
  return [
    `machine: ${cpus().length} CPUs, Linux ${release()}, load ${loadavg()[0]?.toFixed(1)} before the start`,
    ...describePlugins().map((plugin) => `plugin: ${plugin}`),
    ...[...mirrorSums().keys()].map((version) => `etcd: ${version}, ${buildOf(version)}`),
  ];
}

/** Where a release in the lab's mirror comes from: `official`, `go HASH` or `debian`. */
function buildOf(version: string): string {
  const file = join(readToolchain().mirrorDir, `v${version}`, "SOURCE");
  const source = existsSync(file) ? readFileSync(file, "utf8").split(" ")[0]?.trim() : undefined;
  switch (source) {
    case "official":
      return "the official release";
    case "go":
      return "built from its Go modules";
    case "debian":
      return "Debian's build";
    default:
      return "of unknown origin";
  }
}
