import { type Finding, type RuleInput, subjectOf, urnsOf } from "../finding";

/** An even number of controllers, a shrink by more than one odd step, and a change of the founders. */
export function quorumRules({ facts, changes }: RuleInput): Finding[] {
  if (facts.isDestroyed) return [];
  const from = facts.oldMembers.length;
  const to = facts.newMembers.length;
  const findings: Finding[] = [];
  const members = [...facts.addedMembers, ...facts.removedMembers];
  const machines = changes.filter((c) => c.role.kind === "vm" && members.includes(c.role.member ?? ""));
  const subject = `${from}-to-${to}`;
  if (from !== to && to % 2 === 0) {
    findings.push({
      rule: "controllers-even",
      subject,
      members,
      reason: `${to} members survive no more failures than ${to - 1} and need one more for a quorum`,
      safeWay: `set controllerCount to ${to - 1 > 0 ? `${to - 1} or ${to + 1}` : "1 or 3"}`,
      urns: urnsOf(machines),
    });
  }
  if (facts.removedMembers.length > 2) {
    findings.push({
      rule: "quorum-shrunk",
      subject,
      members: facts.removedMembers,
      reason:
        `${facts.removedMembers.length} of ${from} members leave in one run: a failure on the way can lose ` +
        "the quorum, and their disks are deleted with them",
      safeWay: `set controllerCount to ${from - 2}, and go on when its member list is as declared`,
      urns: urnsOf(machines),
    });
  }
  return [...findings, ...founders({ facts, changes })];
}

function founders({ facts, changes }: RuleInput): Finding[] {
  if (facts.oldMembers.length === 0) return [];
  const changed = changes.filter((c) => c.role.kind === "founders" && c.op !== "same");
  return changed.map((change) => ({
    rule: "founders-changed",
    subject: subjectOf(change.name),
    members: [],
    reason:
      "the state's record of the members that created the cluster changes: a member with an empty disk could create a " +
      "second cluster beside the running one",
    safeWay: "leave the resource and its name as they are; a rename needs `aliases`, a lost one an import",
    urns: [change.urn],
  }));
}
