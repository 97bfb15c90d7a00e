import { type Finding, type RuleInput, subjectOf, urnsOf } from "../finding";

/** Two members down in one run, and data disks that are deleted or replaced. */
export function memberRules({ facts, changes }: RuleInput): Finding[] {
  if (facts.isDestroyed) return [];
  return [...severalDown({ facts, changes }), ...dataDisks({ facts, changes })];
}

function severalDown({ facts, changes }: RuleInput): Finding[] {
  const { downMembers, newMembers } = facts;
  const own = changes.filter((c) => downMembers.includes(c.role.member ?? ""));
  const touched = own.filter((c) => ["vm", "data-disk"].includes(c.role.kind) && c.op !== "same");
  // A VM that is gone already is down whatever happens; by itself its return does no harm.
  if (downMembers.length < 2 || touched.every((c) => c.op === "create")) return [];
  return [
    {
      rule: "several-members-down",
      subject: subjectOf(...downMembers),
      members: downMembers,
      reason:
        `the VMs or data disks of ${downMembers.length} of ${newMembers.length} members are replaced or stopped ` +
        "in one run, one after the other: while one is away, the cluster survives one failure less",
      safeWay:
        "see that every member is healthy, and allow it for this change; no `--target`, which takes VMs out " +
        "of their order",
      urns: urnsOf(touched),
    },
  ];
}

function dataDisks({ facts, changes }: RuleInput): Finding[] {
  const findings: Finding[] = [];
  const someStay = facts.oldMembers.some((member) => facts.newMembers.includes(member));
  for (const change of changes) {
    const { member } = change.role;
    if (change.role.kind !== "data-disk" || !member || !["replace", "delete"].includes(change.op)) continue;
    // A member that leaves is taken out of the membership before its disk goes; the others keep the data.
    if (change.op === "delete" && facts.removedMembers.includes(member) && someStay) continue;
    const isReplaced = change.op === "replace";
    findings.push({
      rule: isReplaced ? "data-disk-replaced" : "data-disk-deleted",
      subject: subjectOf(member),
      members: [member],
      reason:
        `${member}'s etcd data is deleted with its disk` +
        (facts.oldMembers.length === 1 ? ", and it is the only copy" : ""),
      safeWay: isReplaced
        ? "keep type, zone and name and let the size only grow; to move a member, take a snapshot, then one " +
          "member a run, the next only when the new one has caught up"
        : "keep the disk declared; to remove a member, lower controllerCount by two",
      urns: [change.urn],
    });
  }
  return findings;
}
