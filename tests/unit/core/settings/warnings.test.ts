import { parseSettings } from "../../../../core/settings";

const LEARNER = "a learner that never started can be promoted";
const CVE = "CVE-2021-28235, and no TLS 1.3";
const RESTORE = "no snapshot restore with --bump-revision";
const LIVEZ = "no /livez and /readyz";
const LEASE = "lease and watch bugs, revisions that go back after a crash in compaction (#17780)";
const DEFRAG = "defragmenting while a member catches up can corrupt it";
const HANDSHAKE =
  "handshake denial of service, fixed only from 3.5.33 and 3.6.14: keep 2379 and 2380 firewalled";
const CRASH = "data inconsistency after a crash (#14733), fixed in 3.5.6";

const warningsAt = (etcdVersion: string) =>
  parseSettings({ etcdVersion, etcdSha256: "a".repeat(64) }).warnings;

test.each([
  ["3.4.10", [LEARNER, CVE, RESTORE, LIVEZ, LEASE, DEFRAG, HANDSHAKE]],
  ["3.4.23", [LEARNER, CVE, RESTORE, LIVEZ, LEASE, DEFRAG, HANDSHAKE]],
  ["3.4.24", [CVE, RESTORE, LIVEZ, LEASE, DEFRAG, HANDSHAKE]],
  ["3.4.25", [RESTORE, LIVEZ, LEASE, DEFRAG, HANDSHAKE]],
  ["3.4.27", [LIVEZ, LEASE, DEFRAG, HANDSHAKE]],
  ["3.4.28", [LIVEZ, LEASE, DEFRAG, HANDSHAKE]],
  ["3.4.29", [LEASE, DEFRAG, HANDSHAKE]],
  ["3.4.31", [LEASE, DEFRAG, HANDSHAKE]],
  ["3.4.32", [DEFRAG, HANDSHAKE]],
  ["3.4.37", [DEFRAG, HANDSHAKE]],
  ["3.4.38", [HANDSHAKE]],
  ["3.4.45", [HANDSHAKE]],
  ["3.5.3", [HANDSHAKE, CRASH]],
  ["3.5.5", [HANDSHAKE, CRASH]],
  ["3.5.6", [HANDSHAKE]],
  ["3.5.32", [HANDSHAKE]],
  ["3.6.0", [HANDSHAKE]],
  ["3.6.13", [HANDSHAKE]],
])("%s has one warning with all its defects and the fix", (version, defects) => {
  expect(warningsAt(version)).toEqual([
    `etcdVersion ${version} has known defects: ${defects.join("; ")}. Plan the upgrade to 3.5.33 or 3.6.14.`,
  ]);
});

test.each(["3.5.33", "3.5.34", "3.6.14", "3.6.15"])("%s has none", (version) => {
  expect(warningsAt(version)).toEqual([]);
});

test.each([
  ["2147483648", "10", false],
  ["2415919104", "10", false],
  ["2415919105", "10", true],
  ["8589934592", "32", true],
  ["8589934592", "33", false],
])("a quota of %s on a disk of %s GB is warned of: %s", (quotaBackendBytes, dataDiskSizeGb, isWarned) => {
  const { warnings } = parseSettings({ etcdVersion: "3.5.33", quotaBackendBytes, dataDiskSizeGb });
  expect(warnings.some((warning) => warning.includes("is too small for upgrades and joins"))).toBe(isWarned);
});
