import { PHASES, type Phase } from "../core/node/phases";
import type { ClusterFacts } from "./facts";
import type { ResourceChange } from "./resourceChange";
import { memberIndex, type RoleKind } from "./role";

/** Numbers that sort like `up` does; changes with the same ones may happen at the same time. */
export type Place = readonly [stage: number, index: number, part: number];

const FIRST = 0;
const MACHINES = 1;
const TOGETHER = 2;
const IN_TURN = 3;
const LAST = 4;
const REMOVALS = 5;

const MACHINE: readonly RoleKind[] = ["vm", "data-disk", "address", "host-key"];

/** True for what a controller is made of, before its phases. */
export function isOfMachine(kind: RoleKind): boolean {
  return MACHINE.includes(kind);
}

/** The place of one change in `up`. The phases' is what core/node/phases.ts says; docs/adr/0006 is about the VMs'. */
export function placeOf({ role, op }: Pick<ResourceChange, "role" | "op">, facts: PlaceFacts): Place {
  if (op === "delete") return [REMOVALS, 0, 0];
  const turn = role.kind in PHASES ? PHASES[role.kind as Phase].turn : undefined;
  if (turn === "last") return [LAST, 0, 0];
  if (turn === "first" && !facts.isVmChain) return [LAST, 0, 1];
  const isOfPhases = role.kind === "leaf" || turn === "together" || turn === "in turn";
  const isChained = role.kind === "vm" || role.kind === "data-disk";
  if (!isOfPhases && !isChained) return [FIRST, 0, 0];
  const index = memberIndex(role.member ?? "");
  if (facts.isVmChain) return [MACHINES, index, isChained ? 0 : turn === "in turn" ? 2 : 1];
  if (isChained) return [MACHINES, 0, 0];
  return turn === "in turn" ? [IN_TURN, index, 0] : [TOGETHER, 0, 0];
}

type PlaceFacts = Pick<ClusterFacts, "isVmChain">;

/** Negative, zero or positive, as `up` comes to `a` first, to both at once or to `b` first. */
export function comparePlaces(a: Place, b: Place): number {
  return a.map((value, i) => value - (b[i] ?? 0)).find((difference) => difference !== 0) ?? 0;
}
