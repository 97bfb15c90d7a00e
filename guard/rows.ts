import { type ChangeClass, graver } from "./changeClass";
import { type ClassifiedChange, classify, type Surroundings } from "./classify";
import type { Finding } from "./finding";
import { comparePlaces, isOfMachine, type Place, placeOf } from "./order";
import type { Judged } from "./overrides";
import { overrideOf } from "./overrides";
import type { ReportRow } from "./report";
import type { ResourceChange } from "./resourceChange";
import { memberIndex } from "./role";

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
export function classifyAll(around: Surroundings): ClassifiedChange[] {
  return around.changes.map((change) => ({ ...change, effect: classify(change, around) }));
}

/** The rows of a report, in the order of `up`. */
export function reportRows(
  classified: readonly ClassifiedChange[],
  around: Surroundings,
  judged: Judged,
): ReportRow[] {
  const groups = new Map<string, ClassifiedChange[]>();
  for (const change of classified) {
    if (isNothing(change)) continue;
    const key = groupKey(change, around);
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  const ordered = [...groups.values()]
    .map((changes) => ({ changes, place: placeOfGroup(changes, around) }))
    .sort((a, b) => comparePlaces(a.place, b.place) || compareInPlace(a.changes, b.changes));
  let step = 0;
  return ordered.map(({ changes, place }, i) => {
    const before = ordered[i - 1]?.place;
    if (!before || comparePlaces(before, place) !== 0) step++;
    return row(step, changes, around, judged);
  });
}

/** The place of the gravest of a group's changes, of the latest of them. Nothing of a new cluster waits for another. */
function placeOfGroup(changes: readonly ClassifiedChange[], { facts }: Surroundings): Place {
  if (facts.isFirstCreation && changes.length > 1) return [0, 0, 0];
  const kind = gravestOf(changes).effect.class;
  const isRemoval = changes.every(({ op }) => op === "delete");
  const those = changes.filter((c) => c.effect.class === kind && (isRemoval || c.op !== "delete"));
  const places = (those.length > 0 ? those : changes).map((c) => placeOf(c, facts));
  return places.reduce((a, b) => (comparePlaces(a, b) < 0 ? b : a));
}

function gravestOf(changes: readonly ClassifiedChange[]): ClassifiedChange {
  return changes.reduce((a, b) => (graver(a.effect.class, b.effect.class) === a.effect.class ? a : b));
}

function compareInPlace([a]: readonly ClassifiedChange[], [b]: readonly ClassifiedChange[]): number {
  const index = (change: ClassifiedChange | undefined) => memberIndex(change?.role.member ?? "");
  return index(a) - index(b) || (a?.index ?? 0) - (b?.index ?? 0);
}

function isNothing({ op, effect, role }: ClassifiedChange): boolean {
  if (["stack", "component"].includes(role.kind)) return true;
  if (role.kind === "provider" && effect.class !== "rolling") return true;
  return op === "same" && effect.what === "unchanged";
}

function leaves(change: ResourceChange, { facts }: Surroundings): boolean {
  return change.op === "delete" && facts.removedMembers.includes(change.role.member ?? "");
}

function groupKey(change: ClassifiedChange, around: Surroundings): string {
  const { kind, member, caGeneration } = change.role;
  const isListed = kind === "other" || (kind === "provider" && change.effect.class === "rolling");
  if (around.facts.isFirstCreation && change.op === "create" && !isListed) return "new cluster";
  if (leaves(change, around)) return `${member} leaves`;
  if (member && around.facts.addedMembers.includes(member)) return `${member} joins`;
  if (member) return `${member} ${change.isLeftover ? "leftover" : isOfMachine(kind)}`;
  if (caGeneration !== undefined) return `ca ${caGeneration}`;
  return kind === "kubernetes-leaf" ? kind : change.urn;
}

function row(
  step: number,
  changes: readonly ClassifiedChange[],
  around: Surroundings,
  judged: Judged,
): ReportRow {
  const urns = changes.map((c) => c.urn);
  const isAbout = (finding: Finding) => finding.urns.some((urn) => urns.includes(urn));
  const refused = judged.refused.filter(isAbout);
  const allowed = judged.allowed.filter(isAbout);
  const summed = summary(changes, around);
  return {
    step,
    ...summed,
    isAway: changes.some(takesAway),
    why: refused.length > 0 ? refused.map((f) => f.reason).join("; ") : summed.why,
    safeWay: refused.length > 0 ? refused.map((f) => f.safeWay).join("; ") : CARE[summed.class],
    refusedBy: refused.map(overrideOf),
    allowedBy: allowed.map(overrideOf),
    urns,
  };
}

/** What a script or metadata would do is not known; the rest of what is grave takes the member's etcd away. */
function takesAway({ role, effect }: ClassifiedChange): boolean {
  if (effect.class === "vm-down" || effect.class === "destructive") return role.member !== undefined;
  return role.kind === "converge" && effect.class === "rolling";
}

function summary(changes: readonly ClassifiedChange[], { facts }: Surroundings) {
  const first = changes[0] as ClassifiedChange;
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
  const gravest = gravestOf(changes);
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
