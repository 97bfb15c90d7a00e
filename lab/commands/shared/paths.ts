import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ROOT } from "../../checkout";
import { mountPoints } from "../../hosts/mounts";
import { LabError } from "./labError";

export { ROOT };

/** The lab's state, `.lab` in the checkout unless ETCD_LAB_DIR says otherwise; `lab down` removes it. */
export const LAB_DIR = resolve(process.env.ETCD_LAB_DIR || join(ROOT, ".lab"));

/** A path below the lab's state directory. */
export function labPath(...parts: string[]): string {
  return join(LAB_DIR, ...parts);
}

// Says that the directory is a lab's, so that nothing else is ever removed with it.
const MARKER = ".etcd-lab";

/**
 * Makes a directory below the lab's state directory, for root only, and names it.
 *
 * @throws LabError when the state directory holds what the lab has not made: `lab down` would remove it as well.
 */
export function labDirectory(...parts: string[]): string {
  const path = labPath(...parts);
  if (!existsSync(labPath(MARKER))) {
    mkdirSync(LAB_DIR, { recursive: true, mode: 0o700 });
    if (readdirSync(LAB_DIR).length > 0) {
      throw new LabError(
        `ETCD_LAB_DIR: got ${LAB_DIR}, which is not empty and was not made by the lab; name a new or an empty directory`,
      );
    }
    writeFileSync(labPath(MARKER), "Made by lab/bin/lab, and removed by `lab/bin/lab down`.\n");
  }
  // It may have been there: the hosts' file systems and the keys are below it.
  chmodSync(LAB_DIR, 0o700);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}

/**
 * Removes the lab's state directory.
 *
 * @throws LabError when it is not a lab's, or something is still mounted below it.
 */
export function removeLabDirectory(): void {
  if (!existsSync(LAB_DIR)) return;
  if (!existsSync(labPath(MARKER))) {
    throw new LabError(`${LAB_DIR} was not made by the lab (no ${MARKER} in it); it stays`);
  }
  const mount = mountPoints().find((path) => path.startsWith(`${LAB_DIR}/`));
  if (mount) throw new LabError(`${mount} is still mounted; unmount it and run \`lab down\` again`);
  rmSync(LAB_DIR, { recursive: true, force: true });
}
