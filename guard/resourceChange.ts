import type { PreviewStep, ResourceState } from "./preview";
import { parseUrn, type Role, roleOf } from "./role";

/** What happens to one resource as a whole, whatever steps the engine needs for it. */
export type ChangeOp = "same" | "create" | "update" | "replace" | "delete";

/** All that a preview says about one resource. */
export interface ResourceChange {
  readonly urn: string;
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  readonly op: ChangeOp;
  readonly role: Role;
  /** Place among the preview's steps. */
  readonly index: number;
  /** True for what an earlier, interrupted replacement left to be deleted. */
  readonly isLeftover: boolean;
  readonly old: ResourceState | undefined;
  readonly new: ResourceState | undefined;
  /** Property paths that differ; the provider's detailed diff where there is one. */
  readonly paths: readonly { readonly path: string; readonly kind: string }[];
  readonly replaceReasons: readonly string[];
}

/** Joins a preview's steps into one change a resource, in the preview's order. */
export function resourceChanges(steps: readonly PreviewStep[]): ResourceChange[] {
  const groups = new Map<string, { steps: PreviewStep[]; index: number; isLeftover: boolean }>();
  for (const [index, step] of steps.entries()) {
    const isLeftover = step.op === "delete" && step.oldState?.delete === true;
    const key = `${step.urn}${isLeftover ? " leftover" : ""}`;
    const group = groups.get(key) ?? { steps: [], index, isLeftover };
    group.steps.push(step);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ steps: own, index, isLeftover }) => join(own, index, isLeftover));
}

function join(steps: readonly PreviewStep[], index: number, isLeftover: boolean): ResourceChange {
  const { urn } = steps[0] as PreviewStep;
  const { type, name } = parseUrn(urn);
  const old = steps.find((step) => step.oldState)?.oldState ?? undefined;
  const states = { old, new: steps.findLast((step) => step.newState)?.newState ?? undefined };
  const isComponent = (states.new ?? states.old)?.custom === false;
  const role = roleOf(type, name);
  return {
    urn,
    type,
    name,
    op: joinOps(steps.map((step) => step.op)),
    role: isComponent && role.kind === "other" ? { kind: "component" } : role,
    index,
    isLeftover,
    ...states,
    paths: uniquePaths(steps),
    replaceReasons: [...new Set(steps.flatMap((step) => step.replaceReasons ?? []))],
  };
}

function joinOps(ops: readonly string[]): ChangeOp {
  const has = (...wanted: string[]) => ops.some((op) => wanted.includes(op));
  if (ops.some((op) => /replace(ment|d)?$/.test(op) && op !== "remove-pending-replace")) return "replace";
  // A delete beside a create is a resource that a refresh found gone, or a replacement cut off half-way.
  if (has("create", "import")) return "create";
  if (has("delete", "remove-pending-replace")) return "delete";
  // Of what is only read, and discarded from the state, nothing changes.
  return has("update") ? "update" : "same";
}

function uniquePaths(steps: readonly PreviewStep[]): { path: string; kind: string }[] {
  const kinds = new Map<string, string>();
  for (const step of steps) {
    const detailed = Object.entries(step.detailedDiff ?? {}).map(([path, { kind }]) => [path, kind] as const);
    const coarse = (step.diffReasons ?? []).map((path) => [path, "update"] as const);
    for (const [path, kind] of detailed.length > 0 ? detailed : coarse) kinds.set(path, kind);
  }
  return [...kinds].map(([path, kind]) => ({ path, kind }));
}
