import type { ClassifiedChange } from "./classify";
import type { ClusterFacts } from "./facts";

/** What a run comes to, roughly. */
export interface Estimate {
  readonly seconds: number;
  /** How often the cluster has a new leader: at least, at most. */
  readonly elections: readonly [least: number, most: number];
}

/**
 * Seconds of each kind of work, on members with little data and nothing else to do:
 * docs/operate/preview-guard.md#the-estimate says where they come from.
 */
export const TAKES = {
  restart: 8,
  newMinor: 35,
  stop: 65,
  replace: 60,
  join: 35,
  leave: 30,
  up: 15,
  newCluster: 120,
};

/** An estimate from what changes; `undefined` when no member restarts, stops, joins or leaves. */
export function estimate(changes: readonly ClassifiedChange[], facts: ClusterFacts): Estimate | undefined {
  if (facts.isDestroyed) return undefined;
  if (facts.isFirstCreation) return { seconds: TAKES.up + TAKES.newCluster, elections: [1, 1] };
  const { oldMembers, addedMembers, removedMembers } = facts;
  const stays = (member: string | undefined) =>
    oldMembers.includes(member ?? "") && !removedMembers.includes(member ?? "");
  const of = (kind: string, effect: string) =>
    changes.filter((c) => c.role.kind === kind && c.effect.class === effect && stays(c.role.member));
  const down = of("vm", "vm-down");
  const restarts = of("converge", "rolling").filter(
    ({ role }) => !down.some((vm) => vm.role.member === role.member),
  );
  const work = [
    ...down.map(({ op }) => (op === "update" ? TAKES.stop : TAKES.replace)),
    ...restarts.map(({ role }) => (changesMinor(role.member, facts) ? TAKES.newMinor : TAKES.restart)),
    ...addedMembers.map(() => TAKES.join),
    ...removedMembers.map(() => TAKES.leave),
  ];
  if (work.length === 0) return undefined;
  const touched = new Set([...down, ...restarts].map(({ role }) => role.member));
  const isEverybody = oldMembers.every((member) => touched.has(member) || removedMembers.includes(member));
  // A member that restarts and leads hands over to the first other one: the second of them at most hands over again.
  const most = down.length + Math.min(restarts.length, 2) + Math.min(removedMembers.length, 1);
  return {
    seconds: work.reduce((sum, seconds) => sum + seconds, TAKES.up),
    elections: [isEverybody ? 1 : 0, most],
  };
}

function changesMinor(member: string | undefined, { versions }: ClusterFacts): boolean {
  const { old, new: now } = versions.get(member ?? "") ?? {};
  const minor = (version: string | undefined) => version?.split(".")[1];
  return minor(old) !== minor(now);
}
