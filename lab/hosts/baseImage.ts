import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import execa from "execa";

const RECIPE = join(__dirname, "image");
const RELEASE = "bookworm";
const BUILD_TIMEOUT_MS = 15 * 60_000;

/** The lab's cache: `ETCD_LAB_CACHE`, by default below the user's cache folder. */
function cacheDir(): string {
  return (
    process.env.ETCD_LAB_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "etcd-on-gce")
  );
}

/** Where the node image of this recipe is, whether it is built or not. */
export function baseImageDir(): string {
  const hash = createHash("sha256");
  for (const file of ["packages.txt", "customize.sh"]) hash.update(readFileSync(join(RECIPE, file)));
  return join(cacheDir(), "images", `${RELEASE}-${hash.digest("hex").slice(0, 12)}`);
}

/**
 * Builds the node image unless it is there: Debian 12 with systemd, sshd and Google's guest agent.
 *
 * @returns false when there was nothing to do.
 * @throws Error with the last words of mmdebstrap.
 */
export async function buildBaseImage(): Promise<boolean> {
  const target = baseImageDir();
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
      RELEASE,
      work,
    ],
    { timeout: BUILD_TIMEOUT_MS },
  );
  renameSync(work, target);
  return true;
}
