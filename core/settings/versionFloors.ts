import { formatVersion, isOlderThan, parseVersion } from "../etcd/version";
import type { Problems } from "./problems";
import type { Settings } from "./types";

/** What is known to be wrong below a version, within the minor that `until` belongs to or before it. */
const FIXED_IN: readonly { readonly until: string; readonly problem: string }[] = [
  { until: "3.4.24", problem: "a learner that never started can be promoted" },
  { until: "3.4.25", problem: "CVE-2021-28235, and no TLS 1.3" },
  { until: "3.4.27", problem: "no snapshot restore with --bump-revision" },
  { until: "3.4.29", problem: "no /livez and /readyz" },
  {
    until: "3.4.32",
    problem: "lease and watch bugs, revisions that go back after a crash in compaction (#17780)",
  },
  { until: "3.4.38", problem: "defragmenting while a member catches up can corrupt it" },
];

/** The first patch of each minor in which unauthenticated TLS handshakes cannot exhaust a member; 3.4 has none. */
const HANDSHAKE_FIXED_IN: Readonly<Record<number, string>> = { 5: "3.5.33", 6: "3.6.14" };

/**
 * Refuses versions that this program does not run, or not at this size.
 *
 * @returns false when no other setting could make the version usable.
 */
export function refuseVersion(s: Settings, problems: Problems): boolean {
  const version = parseVersion(s.etcdVersion);
  // Settings hold it without a leading `v`, which is part of paths and URLs already.
  if (!version || formatVersion(version) !== s.etcdVersion) {
    problems.add("etcdVersion", s.etcdVersion, "write MAJOR.MINOR.PATCH, such as 3.4.10");
    return false;
  }
  const minor = `${version.major}.${version.minor}`;
  if (!["3.4", "3.5", "3.6"].includes(minor)) {
    problems.add("etcdVersion", s.etcdVersion, "use a release of 3.4, 3.5 or 3.6");
    return false;
  }
  if (isOlderThan(version, "3.4.10")) {
    problems.add("etcdVersion", s.etcdVersion, "use 3.4.10 or later");
    return false;
  }
  if (s.controllerCount === 1 && isOlderThan(version, "3.4.21")) {
    problems.add(
      "etcdVersion",
      s.etcdVersion,
      "a single member can lose acknowledged writes below 3.4.21 (etcd #14370); use 3.4.21 or later, or controllerCount 3",
    );
  }
  if (minor === "3.5" && isOlderThan(version, "3.5.3")) {
    problems.add("etcdVersion", s.etcdVersion, "3.5.0 to 3.5.2 corrupt data; use 3.5.33");
    return false;
  }
  return true;
}

/** Known defects of a usable version, as one warning, or none. */
export function versionWarnings(s: Settings): string[] {
  const version = parseVersion(s.etcdVersion);
  if (!version) return [];
  const known = FIXED_IN.filter(({ until }) => isOlderThan(version, until)).map(({ problem }) => problem);
  const handshakeFloor = HANDSHAKE_FIXED_IN[version.minor];
  if (handshakeFloor === undefined || isOlderThan(version, handshakeFloor)) {
    known.push(
      "handshake denial of service, fixed only from 3.5.33 and 3.6.14: keep 2379 and 2380 firewalled",
    );
  }
  if (version.minor === 5 && isOlderThan(version, "3.5.6")) {
    known.push("data inconsistency after a crash (#14733), fixed in 3.5.6");
  }
  if (known.length === 0) return [];
  return [
    `etcdVersion ${s.etcdVersion} has known defects: ${known.join("; ")}. Plan the upgrade to 3.5.33 or 3.6.14.`,
  ];
}
