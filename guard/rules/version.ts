import { MINORS, refuseUpgrade } from "../../core/etcd/upgrades";
import { parseVersion, type Version } from "../../core/etcd/version";
import { type Finding, type Rule, type RuleInput, urnsOf } from "../finding";

interface Refusal {
  readonly rule: Rule;
  readonly reason: string;
  readonly safeWay: string;
}

/** Skipped minors, downgrades and upgrades from below the floor; one finding for each pair of versions. */
export function versionRules({ facts, changes }: RuleInput): Finding[] {
  const byPair = new Map<string, string[]>();
  for (const [member, version] of facts.versions) {
    if (!facts.oldMembers.includes(member) || version.old === version.new) continue;
    const pair = `${version.old ?? "unknown"}-to-${version.new ?? "unknown"}`;
    byPair.set(pair, [...(byPair.get(pair) ?? []), member]);
  }
  const findings: Finding[] = [];
  for (const [pair, members] of byPair) {
    const { old, new: wanted } = facts.versions.get(members[0] as string) ?? {};
    const refusal = refuse(old, wanted);
    if (!refusal) continue;
    const own = changes.filter((c) => c.role.kind === "converge" && members.includes(c.role.member ?? ""));
    findings.push({ ...refusal, subject: pair, members, urns: urnsOf(own) });
  }
  return findings;
}

function refuse(oldText: string | undefined, newText: string | undefined): Refusal | undefined {
  const old = parseVersion(oldText ?? "");
  const wanted = parseVersion(newText ?? "");
  if (!old || !wanted) {
    return {
      rule: "etcd-version-hidden",
      reason: "the preview does not show which etcd version the members go from or to",
      safeWay: "set etcdVersion in the stack's settings, and preview again",
    };
  }
  const change = `${oldText} → ${newText}`;
  const refused = refuseUpgrade(old, wanted);
  if (refused === "downgrade") return downgrade(old, wanted, change);
  if (refused === "minor-skipped") {
    const next = `${old.major}.${old.minor + 1}`;
    return {
      rule: "etcd-minor-skipped",
      reason: `etcd ${change} skips a minor: members refuse to join a cluster two minors apart`,
      safeWay: `upgrade to the latest ${next} first, and go on from there in a run of its own`,
    };
  }
  if (refused === "below-floor") {
    const [from = "", minors] = [
      MINORS[wanted.minor]?.from,
      [old, wanted].map((v) => `${v.major}.${v.minor}`),
    ];
    return {
      rule: "etcd-upgrade-floor",
      reason: `etcd ${change}: below ${from} removed members can come back in ${minors[1]}`,
      safeWay: `upgrade every member to ${from} or later of ${minors[0]} first`,
    };
  }
  return undefined;
}

function downgrade(old: Version, wanted: Version, change: string): Refusal {
  const rule = "etcd-downgraded";
  const isSameMajor = old.major === wanted.major;
  const oldest = MINORS[old.minor]?.from;
  if (isSameMajor && old.minor === wanted.minor) {
    return {
      rule,
      reason: `etcd ${change} goes back to a release with defects that the running one has fixed`,
      safeWay: `stay on ${old.major}.${old.minor}.${old.patch} or later`,
    };
  }
  if (isSameMajor && old.minor - 1 === wanted.minor && oldest) {
    return {
      rule,
      reason: `etcd ${change}: below ${oldest} the way to ${old.major}.${old.minor} is closed again`,
      safeWay: `go back to ${oldest} or later of ${wanted.major}.${wanted.minor}`,
    };
  }
  return {
    rule,
    reason: `etcd ${change} goes back a minor: etcd does not start on newer data`,
    safeWay:
      "restore a snapshot; only an upgrade that stopped half-way, with the cluster version still old, can be " +
      "undone, by an override",
  };
}
