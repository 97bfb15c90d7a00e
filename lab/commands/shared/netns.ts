import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LAB_NETNS } from "../../hosts/names";
import { inNetwork } from "../../hosts/namespaces";
import { LabError } from "./labError";

// `ip netns exec` lays these over /etc.
const NAMES_DIR = join("/etc/netns", LAB_NETNS);

// Google's provider asks these whatever its custom endpoints say, and retries for minutes when the name
// does not resolve. A closed port of the loopback interface answers at once.
const REFUSED_NAMES = [
  "openidconnect.googleapis.com",
  "oauth2.googleapis.com",
  "www.googleapis.com",
  "compute.googleapis.com",
  "iam.googleapis.com",
];

/** True while the lab's network namespace exists. */
export function netnsExists(): boolean {
  return existsSync(join("/run/netns", LAB_NETNS));
}

/** Names as programs inside the namespace see them. */
export function writeNetnsNames(): void {
  mkdirSync(NAMES_DIR, { recursive: true });
  writeFileSync(join(NAMES_DIR, "hosts"), `127.0.0.1 localhost ${REFUSED_NAMES.join(" ")}\n`);
  writeFileSync(join(NAMES_DIR, "resolv.conf"), "nameserver 127.0.0.1\noptions attempts:1 timeout:1\n");
}

/** Undoes {@link writeNetnsNames}. */
export function removeNetnsNames(): void {
  rmSync(NAMES_DIR, { recursive: true, force: true });
}

/**
 * The command line that runs a program inside the namespace, as the same process.
 *
 * @throws LabError when the lab is not up.
 */
export function inNetns(argv: readonly string[]): string[] {
  if (!netnsExists()) throw new LabError("the lab is not up; run `lab/bin/lab boot` (or `npm start`)");
  return ["ip", "netns", "exec", LAB_NETNS, ...argv];
}

/** Like {@link inNetns}, but in this mount namespace: what is mounted stays visible outside. */
export function inNetnsSameMounts(argv: readonly string[]): string[] {
  return inNetwork(LAB_NETNS, argv);
}
