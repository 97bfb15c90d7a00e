import { PHASES, type Phase } from "../core/node/phases";
import type { ClusterFacts } from "./facts";
import type { ResourceChange } from "./resourceChange";
import { memberIndex, type RoleKind } from "./role";

/** Numbers that sort like `up` does; changes with the same ones may happen at the same time. */
export type Place = readonly [stage: number, index: number, part: number];

const FIRST = 0;
const MACHINES = 1;
const MEMBERS = 2;
const LAST = 3;
const REMOVALS = 4;

/** What a controller is made of, before its phases. */
const MACHINE: readonly RoleKind[] = ["vm", "data-disk", "address", "host-key"];

/** The place of one change in `up`. The phases' is what core/node/phases.ts says; docs/adr/0006 is about the VMs'. */
export function placeOf({ role, op }: Pick<ResourceChange, "role" | "op">, facts: PlaceFacts): Place {
  if (op === "delete") return [REMOVALS, 0, 0];
  const index = memberIndex(role.member ?? "");
  const turn = role.kind in PHASES ? PHASES[role.kind as Phase].turn : undefined;
  if (turn === "last") return [LAST, 0, 0];
  if (MACHINE.includes(role.kind)) return facts.isVmChain ? [MACHINES, index, 0] : [MACHINES, 0, 0];
  // What a member's phases are given comes to light when it converges, and that is one after the other.
  if (turn === "together" || turn === "in turn" || role.kind === "leaf")
    return facts.isVmChain ? [MACHINES, index, 1] : [MEMBERS, index, 0];
  return [FIRST, 0, 0];
}

type PlaceFacts = Pick<ClusterFacts, "isVmChain">;

/** Negative, zero or positive, as `up` comes to `a` first, to both at once or to `b` first. */
export function comparePlaces(a: Place, b: Place): number {
  return a.map((value, i) => value - (b[i] ?? 0)).find((difference) => difference !== 0) ?? 0;
}
