import { type Finding, type RuleInput, urnsOf } from "../finding";

const STEPS =
  "one step a run: caTrusted [old, new], then caActive new, then caTrusted [new]; see docs/operate/preview-guard.md";

/** A CA that changes without a time in which both generations are trusted. */
export function caRules({ facts, changes }: RuleInput): Finding[] {
  const { ca } = facts;
  if (facts.isDestroyed || ca.oldTrusted.length === 0) return [];
  const cas = changes.filter((c) => c.role.kind === "ca" && c.op !== "same");
  const findings: Finding[] = ca.replaced.map((generation) => ({
    rule: "ca-swapped",
    subject: `ca-${generation}`,
    members: [],
    reason:
      `CA generation ${generation} is recreated under its old number: members that have restarted and ` +
      "members that have not no longer trust each other",
    safeWay: `leave generation ${generation} as it is and rotate to a new number, ${STEPS}`,
    urns: urnsOf(cas.filter((c) => c.role.caGeneration === generation)),
  }));
  const dropped = ca.oldTrusted.filter((n) => !ca.newTrusted.includes(n));
  const signed = changes.filter((c) => ["leaf", "kubernetes-leaf"].includes(c.role.kind) && c.op !== "same");
  // A certificate that no step touches was signed by a generation that stays.
  const losesActive =
    ca.oldActive === undefined
      ? signed.length > 0 || ca.newTrusted.length === 0
      : dropped.includes(ca.oldActive);
  if (dropped.length > 0 && losesActive) {
    findings.push({
      rule: "ca-no-overlap",
      subject: `${ca.oldTrusted.join(",")}-to-${ca.newTrusted.join(",") || "none"}`,
      members: [],
      reason:
        `CA generation ${dropped.join(", ")} loses trust in the run that moves the certificates away from it: ` +
        "members still serving its certificates are cut off",
      safeWay: STEPS,
      urns: urnsOf(cas),
    });
  } else if (ca.newActive !== undefined && !ca.oldTrusted.includes(ca.newActive)) {
    findings.push({
      rule: "ca-active-too-early",
      subject: `ca-${ca.newActive}`,
      members: [],
      reason:
        `CA generation ${ca.newActive} signs the certificates in the run that first trusts it: members that ` +
        "have not restarted yet refuse them",
      safeWay: STEPS,
      urns: urnsOf([...cas, ...signed]),
    });
  }
  return findings;
}
