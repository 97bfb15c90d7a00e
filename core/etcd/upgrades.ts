import { compareVersions, formatVersion, isOlderThan, parseVersion, type Version } from "./version";

/** What this program knows of a minor of etcd 3. */
interface Minor {
  /** The oldest release of it that this program runs, and what is wrong with the ones before, if there are any. */
  readonly oldest?: string;
  readonly problem?: string;
  /**
   * The release to upgrade to: the first in which unauthenticated TLS handshakes cannot exhaust a member. 3.4 has none.
   */
  readonly recommended?: string;
  /**
   * What every member must run before any goes to this minor, and the oldest release that goes back from it, by etcd's
   * own downgrade, which 3.6 is the first to have.
   */
  readonly from?: string;
  /** Where none is recommended, since no official checksum is known yet: a release that has that fix. */
  readonly hasFix?: string;
  /** Until when etcd's maintainers fix it: the latest two minors, 3.5 for a year after 3.7.0 (etcd.io/blog). */
  readonly fixedUntil: string;
}

/**
 * The minors that this program runs, oldest first. `npm run generate` writes what remote/version.sh, which decides on
 * the live members, needs of it.
 */
export const MINORS: Readonly<Record<number, Minor>> = {
  4: { oldest: "3.4.10", fixedUntil: "1 June 2026" },
  5: {
    oldest: "3.5.3",
    problem: "3.5.0 to 3.5.2 corrupt data",
    recommended: "3.5.33",
    fixedUntil: "8 July 2027",
  },
  // Below 3.5.32 a member promoted from learner may come back as a zombie after the upgrade.
  6: { recommended: "3.6.14", from: "3.5.32", fixedUntil: "3.8.0 is out" },
  // Older releases of 3.6 may not go along with a member of 3.7: https://etcd.io/docs/v3.7/upgrades/upgrade_3_7/
  7: { from: "3.6.11", hasFix: "3.7.3", fixedUntil: "3.9.0 is out" },
};

/** The releases to use, of each minor that has one: `3.5.33 …`, joined by a word. */
export function recommendedReleases(word: "and" | "or"): string {
  return Object.values(MINORS)
    .flatMap(({ recommended }) => recommended ?? [])
    .join(` ${word} `);
}

/** The minors as they are written: `3.4, 3.5 or 3.6`. */
export function writtenMinors(): string {
  return Object.keys(MINORS)
    .map((minor) => `3.${minor}`)
    .join(", ")
    .replace(/, (\S+)$/, " or $1");
}

/** What to write instead of a version that this program does not run. */
export function refuseVersion(text: string): string | undefined {
  const version = parseVersion(text);
  // Settings hold it without a leading `v`, which is part of paths and URLs already.
  if (!version || formatVersion(version) !== text) return "write MAJOR.MINOR.PATCH, such as 3.4.10";
  const minor = version.major === 3 ? MINORS[version.minor] : undefined;
  if (!minor) return `use a release of ${writtenMinors()}`;
  const { oldest, problem, recommended } = minor;
  if (!oldest || !isOlderThan(version, oldest)) return undefined;
  return problem ? `${problem}; use ${recommended}` : `use ${oldest} or later`;
}

/** Why etcd cannot go from one version to another. */
export type UpgradeRefusal = "downgrade" | "minor-skipped" | "below-floor";

/** @returns undefined when every member may go there, one at a time. */
export function refuseUpgrade(from: Version, to: Version): UpgradeRefusal | undefined {
  if (compareVersions(to, from) < 0) return goesBack(from, to) ? undefined : "downgrade";
  if (to.major !== from.major || to.minor > from.minor + 1) return "minor-skipped";
  const floor = to.minor > from.minor ? MINORS[to.minor]?.from : undefined;
  return floor && isOlderThan(from, floor) ? "below-floor" : undefined;
}

/** Whether etcd itself goes back there: one minor, and not below what the newer one is reached from. */
function goesBack(from: Version, to: Version): boolean {
  const oldest = MINORS[from.minor]?.from;
  return to.minor === from.minor - 1 && oldest !== undefined && !isOlderThan(to, oldest);
}

/** The floors of upgrades as they are written: `to 3.6 from below 3.5.32`. */
export function upgradeFloors(): string {
  return Object.entries(MINORS)
    .flatMap(([minor, { from }]) => (from ? `to 3.${minor} from below ${from}` : []))
    .join(", ");
}

/** The same in bash: of each minor that has a floor, the floor and the release to take. */
export function floorsInBash(): string {
  const floors = Object.entries(MINORS).flatMap(([minor, { from }]) =>
    from ? [`[${minor}]="${from} ${MINORS[Number(minor) - 1]?.recommended ?? from}"`] : [],
  );
  return `UPGRADE_FROM=(${floors.join(" ")})`;
}

/** From here on a single member does not lose acknowledged writes. */
export const SINGLE_MEMBER_OLDEST = "3.4.21";

/** What is known to be wrong before a release of 3.4. */
const FIXED_IN: readonly { readonly release: string; readonly problem: string }[] = [
  { release: "3.4.24", problem: "a learner that never started can be promoted" },
  { release: "3.4.25", problem: "CVE-2021-28235, and no TLS 1.3" },
  { release: "3.4.27", problem: "no snapshot restore with --bump-revision" },
  { release: "3.4.29", problem: "no /livez and /readyz" },
  {
    release: "3.4.32",
    problem: "lease and watch bugs, revisions that go back after a crash in compaction (#17780)",
  },
  { release: "3.4.38", problem: "defragmenting while a member catches up can corrupt it" },
];

/** Known defects of a version that this program runs. */
export function defectsOf(version: Version): string[] {
  const known = FIXED_IN.filter(({ release }) => isOlderThan(version, release)).map(({ problem }) => problem);
  const { recommended, hasFix = recommended } = MINORS[version.minor] ?? {};
  if (!hasFix || isOlderThan(version, hasFix)) {
    const fixed = recommendedReleases("and");
    known.push(`handshake denial of service, fixed only from ${fixed}: keep 2379 and 2380 firewalled`);
  }
  if (version.minor === 5 && isOlderThan(version, "3.5.6")) {
    known.push("data inconsistency after a crash (#14733), fixed in 3.5.6");
  }
  return known;
}
