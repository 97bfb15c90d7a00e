import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { LabError } from "./labError";
import { mirrorSums } from "./mirrorSums";
import { labDirectory } from "./paths";

/** The settings of one stack in the lab: a copy of the tracked file that runs may change. */
export interface StackConfig {
  readonly directory: string;
  readonly file: string;
}

/** Where the copy is, whether or not it exists. */
export function stackConfig(projectName: string, stack: string): StackConfig {
  const directory = labDirectory("config", projectName);
  return { directory, file: join(directory, `Pulumi.${stack}.yaml`) };
}

/**
 * Lays the tracked settings over the copy when they have changed since, keeping the stack's encryption salt.
 *
 * A stack without a tracked file starts from the lab's.
 *
 * @returns true when settings made by `lab pulumi config set` were dropped for it.
 */
export function refreshFromTracked(config: StackConfig, projectDir: string, stack: string): boolean {
  const tracked = [`Pulumi.${stack}.yaml`, "Pulumi.lab.yaml"]
    .map((name) => join(projectDir, name))
    .find((file) => existsSync(file));
  const text = tracked ? readFileSync(tracked, "utf8") : "";
  const hash = createHash("sha256").update(text).digest("hex");
  const hashFile = `${config.file}.from`;
  const known = existsSync(hashFile) ? readFileSync(hashFile, "utf8") : undefined;
  if (known === hash) return false;
  const salt = /^encryptionsalt: .*$/m.exec(existsSync(config.file) ? readFileSync(config.file, "utf8") : "");
  writeFileSync(config.file, `${salt ? `${salt[0]}\n` : ""}${text}`, { mode: 0o600 });
  writeFileSync(hashFile, hash, { mode: 0o600 });
  return known !== undefined;
}

/** A stack file's settings, but for lists and maps; all of them text, since a checksum can look like a number. */
export function scalarSettings(text: string): Map<string, string> {
  const file = parse(text, { schema: "failsafe", uniqueKeys: false }) as { config?: object } | null;
  const settings = Object.entries(file?.config ?? {});
  return new Map(settings.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

const VERSION_KEY = "etcd-on-gce:etcdVersion";
const SUM_KEY = "etcd-on-gce:etcdSha256";

/**
 * Sets the checksum of the etcd version that the settings ask for: a release built here differs from the
 * official one. A checksum that somebody else set is left alone.
 *
 * @throws LabError when the mirror does not have the version.
 */
export function setMirrorChecksum(config: StackConfig, defaultVersion: string): void {
  const text = readFileSync(config.file, "utf8");
  const settings = scalarSettings(text);
  const version = settings.get(VERSION_KEY) ?? defaultVersion;
  const sums = mirrorSums();
  const current = settings.get(SUM_KEY);
  if (current && ![...sums.values()].includes(current)) return;
  const sum = sums.get(version);
  if (!sum) {
    const known = [...sums.keys()].join(", ") || "nothing";
    throw new LabError(
      `etcd ${version} is not in the lab's mirror, which has ${known}; run \`lab/bin/lab build etcd ${version}\``,
    );
  }
  if (current === sum) return;
  const kept = text.replace(new RegExp(`^ +${SUM_KEY}:.*\n`, "m"), "");
  writeFileSync(config.file, kept.replace(/^config:.*$/m, `config:\n  ${SUM_KEY}: ${sum}`), { mode: 0o600 });
}
