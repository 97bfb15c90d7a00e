import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import execa from "execa";
import { ROOT } from "../checkout";
import type { HostRelease } from "./backend";

const RECIPE = join(ROOT, "lab/hosts/image");

/** Debian's versions as image families name them, and their releases. */
export const RELEASES: { readonly [family: string]: HostRelease } = {
  "debian-12": "bookworm",
  "debian-13": "trixie",
};

const BUILD_TIMEOUT_MS = 15 * 60_000;

/** The lab's cache: `ETCD_LAB_CACHE`, by default below the user's cache folder. */
function cacheDir(): string {
  return (
    process.env.ETCD_LAB_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "etcd-on-gce")
  );
}

/** A host is of a release whose node image was not made. */
export class MissingImageError extends Error {
  constructor(release: HostRelease) {
    const [family] = Object.entries(RELEASES).find(([, its]) => its === release) ?? [];
    super(`the lab has no hosts of ${family} yet; run \`lab build image ${family}\` first`);
    this.name = "MissingImageError";
  }
}

/** Where the node image of a release is, whether it is built or not. */
export function baseImageDir(release: HostRelease): string {
  const hash = createHash("sha256");
  for (const file of ["packages.txt", "customize.sh"]) hash.update(readFileSync(join(RECIPE, file)));
  return join(cacheDir(), "images", `${release}-${hash.digest("hex").slice(0, 12)}`);
}

/**
 * Builds the node image of a release unless it is there: Debian with systemd, sshd and Google's guest agent.
 *
 * @returns false when there was nothing to do.
 * @throws Error with the last words of mmdebstrap.
 */
export async function buildBaseImage(release: HostRelease): Promise<boolean> {
  const target = baseImageDir(release);
  if (existsSync(target)) return false;
  const work = `${target}.new`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(join(target, ".."), { recursive: true });
  const packages = readFileSync(join(RECIPE, "packages.txt"), "utf8").trim().split("\n");
  await execa(
    "mmdebstrap",
    [
      "--variant=minbase",
      `--include=${packages.join(",")}`,
      `--customize-hook=${join(RECIPE, "customize.sh")} "$1"`,
      release,
      work,
    ],
    { timeout: BUILD_TIMEOUT_MS },
  );
  renameSync(work, target);
  return true;
}
