import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "./labError";

/** The network namespace that everything of the lab runs in; it has no route out. */
export const NETNS = "etcd-lab";

// `ip netns exec` lays these over /etc.
const NETNS_ETC = join("/etc/netns", NETNS);

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
  return existsSync(join("/run/netns", NETNS));
}

/** Names as programs inside the namespace see them. */
export function writeNetnsNames(): void {
  mkdirSync(NETNS_ETC, { recursive: true });
  writeFileSync(join(NETNS_ETC, "hosts"), `127.0.0.1 localhost ${REFUSED_NAMES.join(" ")}\n`);
  writeFileSync(join(NETNS_ETC, "resolv.conf"), "nameserver 127.0.0.1\noptions attempts:1 timeout:1\n");
}

/** Undoes {@link writeNetnsNames}. */
export function removeNetnsNames(): void {
  rmSync(NETNS_ETC, { recursive: true, force: true });
}

/**
 * The command line that runs a program inside the namespace, as the same process.
 *
 * @throws LabError when the lab is not up.
 */
export function inNetns(argv: readonly string[]): string[] {
  if (!netnsExists()) throw new LabError("the lab is not up; run `lab/bin/lab boot` (or `npm start`)");
  return ["ip", "netns", "exec", NETNS, ...argv];
}

/** Like {@link inNetns}, but in this mount namespace: what is mounted stays visible outside. */
export function inNetnsSameMounts(argv: readonly string[]): string[] {
  return ["nsenter", `--net=/run/netns/${NETNS}`, "--", ...argv];
}
