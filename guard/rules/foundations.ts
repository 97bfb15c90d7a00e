import { type Finding, type RuleInput, subjectOf, urnsOf } from "../finding";
import type { Preview } from "../preview";
import type { ResourceChange } from "../resourceChange";
import { parseUrn } from "../role";

/** The whole cluster destroyed, or the network and addresses below it replaced. */
export function foundationRules({ facts, changes }: RuleInput): Finding[] {
  if (facts.isDestroyed) {
    return [
      {
        rule: "cluster-destroyed",
        subject: subjectOf(facts.stack),
        members: facts.oldMembers,
        reason: `all ${facts.oldMembers.length} members and their data disks are deleted`,
        safeWay: "take a snapshot off the VMs first, make sure that no control plane uses the cluster",
        urns: urnsOf(changes.filter((c) => c.op === "delete" && c.role.member !== undefined)),
      },
    ];
  }
  const goes = (c: ResourceChange) => c.op === "replace" || c.op === "delete";
  return changes.filter((c) => goes(c) && !c.isLeftover).flatMap((c) => foundation(c, facts.removedMembers));
}

function foundation(change: ResourceChange, removed: readonly string[]): Finding[] {
  const { kind, member } = change.role;
  const verb = change.op === "replace" ? "replaced" : "deleted";
  if (kind === "vpc" || kind === "subnet") {
    return [
      {
        rule: "network-replaced",
        subject: subjectOf(change.name),
        members: [],
        reason: `the ${kind === "vpc" ? "network" : "subnet"} is ${verb}, and every VM in it with it`,
        safeWay:
          "keep networkName, subnetName and region; another network is another stack, filled by a restore",
        urns: [change.urn],
      },
    ];
  }
  if (kind === "address" && member && !removed.includes(member)) {
    return [
      {
        rule: "address-replaced",
        subject: subjectOf(member),
        members: [member],
        reason: `${member}'s reserved address is ${verb}: a member's ID, certificate and peers' lists depend on it`,
        safeWay: "keep the address; a member's place changes only by removing it and adding another",
        urns: [change.urn],
      },
    ];
  }
  return [];
}

/** Protected resources that the run would delete or replace. */
export function protectionRules({ changes }: RuleInput, preview: Preview): Finding[] {
  const doomed = changes.filter((c) => c.old?.protect && (c.op === "delete" || c.op === "replace"));
  const urns = new Set(urnsOf(doomed));
  // For a replacement the engine reports an error in place of a step.
  for (const { urn, severity, message } of preview.diagnostics) {
    if (urn && severity === "error" && /\bprotect(ed|ion)\b/.test(message ?? "")) urns.add(urn);
  }
  return [...urns].map((urn) => {
    const { name } = parseUrn(urn);
    const member = changes.find((c) => c.urn === urn)?.role.member;
    return {
      rule: "protected-deleted",
      subject: subjectOf(name),
      members: member ? [member] : [],
      reason: `${name} is protected, and this run would delete or replace it; Pulumi refuses that as well`,
      safeWay: "set deletionProtection to false in a pull request of its own, then preview this one again",
      urns: [urn],
    };
  });
}
