import { type ChangeClass, type Effect, graver } from "./changeClass";
import { classify, type Surroundings } from "./classify";
import type { Finding } from "./finding";
import type { Judged } from "./overrides";
import { overrideOf } from "./overrides";
import type { ReportRow } from "./report";
import type { ResourceChange } from "./resourceChange";
import { memberIndex, type RoleKind } from "./role";

type Classified = ResourceChange & { readonly effect: Effect };

/** The stages of `up`: parallel within, except that members converge one after the other. */
const STAGE: Readonly<Partial<Record<RoleKind, number>>> = {
  vm: 1,
  "data-disk": 1,
  address: 1,
  "host-key": 1,
  leaf: 2,
  install: 2,
  bootstrap: 2,
  converge: 2,
  membership: 3,
};

const REMOVAL_STAGE = 4;

/** What keeps a change of this class safe, where no rule refuses it. */
const CARE: Readonly<Record<ChangeClass, string>> = {
  none: "",
  create: "",
  hot: "",
  rolling: "one member at a time, each when the others are healthy",
  "vm-down": "one VM a run; the next when all members are healthy",
  destructive: "read the diff; have a snapshot",
};

/** Every change with its effect. */
export function classifyAll(around: Surroundings): Classified[] {
  return around.changes.map((change) => ({ ...change, effect: classify(change, around) }));
}

/** The rows of a report, in the order of `up`. */
export function reportRows(
  classified: readonly Classified[],
  around: Surroundings,
  judged: Judged,
): ReportRow[] {
  const groups = new Map<string, Classified[]>();
  for (const change of classified) {
    if (isNothing(change)) continue;
    const key = groupKey(change, around);
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  const ordered = [...groups.values()]
    .map((changes) => ({ changes, order: orderOf(changes, around) }))
    .sort((a, b) => compare(a.order, b.order));
  const steps = new Map<string, number>();
  return ordered.map(({ changes, order }) => {
    const [stage, index] = order;
    const key = stage === 2 ? `2 ${index}` : `${stage}`;
    if (!steps.has(key)) steps.set(key, steps.size + 1);
    return row(steps.get(key) as number, changes, around, judged);
  });
}

function isNothing({ op, effect, role }: Classified): boolean {
  if (["stack", "component"].includes(role.kind)) return true;
  if (role.kind === "provider" && effect.class !== "rolling") return true;
  return op === "same" && effect.what === "unchanged";
}

function leaves(change: ResourceChange, { facts }: Surroundings): boolean {
  return change.op === "delete" && facts.removedMembers.includes(change.role.member ?? "");
}

function groupKey(change: Classified, around: Surroundings): string {
  const { kind, member, caGeneration } = change.role;
  const isListed = kind === "other" || (kind === "provider" && change.effect.class === "rolling");
  if (around.facts.isFirstCreation && change.op === "create" && !isListed) return "new cluster";
  if (leaves(change, around)) return `${member} leaves`;
  if (member && around.facts.addedMembers.includes(member)) return `${member} joins`;
  if (member) return `${member} ${change.isLeftover ? "leftover" : (STAGE[kind] ?? 0)}`;
  if (caGeneration !== undefined) return `ca ${caGeneration}`;
  return kind === "kubernetes-leaf" ? kind : change.urn;
}

function orderOf(changes: readonly Classified[], around: Surroundings): [number, number, number] {
  const first = changes[0] as Classified;
  const isRemoval = changes.every((c) => c.op === "delete");
  const stage = isRemoval ? REMOVAL_STAGE : Math.max(...changes.map((c) => STAGE[c.role.kind] ?? 0));
  const isNewCluster = around.facts.isFirstCreation && changes.length > 1;
  return [isNewCluster ? 0 : stage, memberIndex(first.role.member ?? ""), first.index];
}

function compare(a: readonly number[], b: readonly number[]): number {
  return a.map((value, i) => value - (b[i] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

function row(step: number, changes: readonly Classified[], around: Surroundings, judged: Judged): ReportRow {
  const urns = changes.map((c) => c.urn);
  const isAbout = (finding: Finding) => finding.urns.some((urn) => urns.includes(urn));
  const refused = judged.refused.filter(isAbout);
  const allowed = judged.allowed.filter(isAbout);
  const summed = summary(changes, around);
  return {
    step,
    ...summed,
    why: refused.length > 0 ? refused.map((f) => f.reason).join("; ") : summed.why,
    safeWay: refused.length > 0 ? refused.map((f) => f.safeWay).join("; ") : CARE[summed.class],
    refusedBy: refused.map(overrideOf),
    allowedBy: allowed.map(overrideOf),
    urns,
  };
}

function summary(changes: readonly Classified[], { facts }: Surroundings) {
  const first = changes[0] as Classified;
  const member = first.role.member ?? "cluster";
  if (
    facts.isFirstCreation &&
    changes.every((c) => c.op === "create") &&
    changes.some((c) => c.role.kind === "vm")
  ) {
    const what = `new cluster of ${count(facts.newMembers.length)}${versionText(facts.versions.values().next().value?.new)}`;
    return { member: "cluster", class: "create" as const, what, why: "nothing exists yet" };
  }
  if (first.op === "delete" && facts.removedMembers.includes(member)) {
    const why = facts.isDestroyed
      ? "the stack is destroyed"
      : "taken out of the membership first; its disk goes with it";
    return { member, class: "destructive" as const, what: "member leaves, VM and data disk deleted", why };
  }
  if (facts.addedMembers.includes(member)) {
    return {
      member,
      class: "create" as const,
      what: "new member",
      why: "joins as a learner, promoted when it has caught up",
    };
  }
  const gravest = changes.reduce((a, b) =>
    graver(a.effect.class, b.effect.class) === a.effect.class ? a : b,
  );
  const isGrave = (kind: ChangeClass) => kind === gravest.effect.class || kind === "vm-down";
  const grave = changes.filter((c) => isGrave(c.effect.class));
  const what = [...new Set(grave.map((c) => c.effect.what))].slice(0, 3).join(", ");
  return { member, class: gravest.effect.class, what, why: gravest.effect.why };
}

function count(members: number): string {
  return members === 1 ? "one member" : `${members} members`;
}

function versionText(version: string | undefined): string {
  return version ? `, etcd ${version}` : "";
}
