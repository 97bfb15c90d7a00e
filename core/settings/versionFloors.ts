import { compareVersions, isOlderThan, parseVersion } from "../version";
import type { Problems } from "./problems";
import type { Settings } from "./types";

/** What is known to be wrong below a version, within the minor that `until` belongs to or before it. */
const FIXED_IN: readonly { readonly until: string; readonly problem: string }[] = [
  { until: "3.4.24", problem: "a learner that never started can be promoted" },
  { until: "3.4.25", problem: "CVE-2021-28235, and no TLS 1.3" },
  { until: "3.4.27", problem: "no snapshot restore with --bump-revision" },
  {
    until: "3.4.32",
    problem: "lease and watch bugs, revisions that go back after a crash in compaction (#17780)",
  },
  { until: "3.4.38", problem: "defragmenting while a member catches up can corrupt it" },
];

/** Refuses versions that this program does not run, or not at this size. */
export function refuseVersion(s: Settings, problems: Problems): void {
  const version = parseVersion(s.etcdVersion);
  if (!version) {
    problems.add("etcdVersion", s.etcdVersion, "write MAJOR.MINOR.PATCH, such as 3.4.10");
    return;
  }
  const minor = `${version.major}.${version.minor}`;
  if (!["3.4", "3.5", "3.6"].includes(minor)) {
    problems.add("etcdVersion", s.etcdVersion, "use a release of 3.4, 3.5 or 3.6");
    return;
  }
  if (isOlderThan(version, "3.4.10")) {
    problems.add("etcdVersion", s.etcdVersion, "use 3.4.10 or later");
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
  }
}

/** Known defects of a usable version, as one warning, or none. */
export function versionWarnings(s: Settings): string[] {
  const version = parseVersion(s.etcdVersion);
  if (!version) return [];
  const known = FIXED_IN.filter(({ until }) => isOlderThan(version, until)).map(({ problem }) => problem);
  if (version.minor === 4)
    known.push("handshake denial of service, fixed only from 3.5.33: keep 2379 and 2380 firewalled");
  const floor = parseVersion("3.5.6");
  if (version.minor === 5 && floor && compareVersions(version, floor) < 0) {
    known.push("data inconsistency after a crash (#14733), fixed in 3.5.6");
  }
  if (known.length === 0) return [];
  return [
    `etcdVersion ${s.etcdVersion} has known defects: ${known.join("; ")}. Plan the upgrade to 3.5.33 or 3.6.14.`,
  ];
}
