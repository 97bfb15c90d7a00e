import { isObject } from "../core/json";
import { type CaFacts, caFacts } from "./caFacts";
import type { Preview, ResourceState } from "./preview";
import { phaseIn, printableVersion, versionSent } from "./printable";
import type { ResourceChange } from "./resourceChange";
import { parseUrn, sortMembers } from "./role";
import { stopsVm } from "./stopping";

/** The cluster before and after the run, in etcd's terms. */
export interface ClusterFacts {
  readonly stack: string;
  readonly project: string;
  /** Names of the members that the stack has, in order. */
  readonly oldMembers: readonly string[];
  readonly newMembers: readonly string[];
  readonly addedMembers: readonly string[];
  readonly removedMembers: readonly string[];
  /** Nothing of the cluster existed before. */
  readonly isFirstCreation: boolean;
  /** Every member goes. */
  readonly isDestroyed: boolean;
  /** Members that stay and whose VM is replaced, stopped or recreated, or whose data disk goes. */
  readonly downMembers: readonly string[];
  /** VMs or data disks change one after the other, each once the member before it has converged. */
  readonly isVmChain: boolean;
  /** By member; `undefined` when the preview does not show it. */
  readonly versions: ReadonlyMap<
    string,
    { readonly old: string | undefined; readonly new: string | undefined }
  >;
  readonly ca: CaFacts;
}

/** Reads the facts out of a preview; what unchanged resources hide comes from the stack's old outputs. */
export function clusterFacts(preview: Preview, changes: readonly ResourceChange[]): ClusterFacts {
  const outputs = changes.find((c) => c.role.kind === "stack")?.old?.outputs ?? {};
  const oldMembers = membersBefore(changes, outputs);
  const live = changes.filter((c) => !c.isLeftover);
  const vms = live.filter((c) => c.role.kind === "vm" && c.role.member);
  const gone = new Set(vms.filter((c) => c.op === "delete").map((c) => c.role.member as string));
  const made = vms.filter((c) => c.op !== "delete").map((c) => c.role.member as string);
  const newMembers = sortMembers(new Set([...oldMembers.filter((m) => !gone.has(m)), ...made]));
  const downMembers = membersDown(changes, oldMembers, newMembers);
  const { stack, project } = parseUrn(changes[0]?.urn ?? "");
  return {
    stack,
    project,
    ...membership(oldMembers, newMembers),
    downMembers,
    isVmChain: downMembers.length > 0 || changes.some(isInVmChain),
    versions: memberVersions(live, outputs, settingOf(preview, "etcdVersion")),
    ca: caFacts(live, outputs),
  };
}

/** A member counts from its VM or its first convergence on. */
function membersBefore(
  changes: readonly ResourceChange[],
  outputs: Readonly<Record<string, unknown>>,
): string[] {
  const known = changes.filter(
    (c) => ["vm", "converge"].includes(c.role.kind) && c.op !== "create" && !c.isLeftover,
  );
  const names = [...known.map((c) => c.role.member ?? ""), ...membersIn(outputs)];
  return sortMembers(new Set(names.filter((m) => m !== "")));
}

/** Names of the members that a stack's outputs list. */
export function membersIn({ members }: Readonly<Record<string, unknown>>): string[] {
  const listed: unknown[] = Array.isArray(members) ? members : [];
  return listed.map((m) => (isObject(m) ? m.name : undefined)).filter((n) => typeof n === "string");
}

/** What becomes of the members, told by their names before and after the run. */
export function membership(oldMembers: readonly string[], newMembers: readonly string[]) {
  return {
    oldMembers,
    newMembers,
    addedMembers: newMembers.filter((m) => !oldMembers.includes(m)),
    removedMembers: oldMembers.filter((m) => !newMembers.includes(m)),
    isFirstCreation: oldMembers.length === 0 && newMembers.length > 0,
    isDestroyed: oldMembers.length > 0 && newMembers.length === 0,
  };
}

function membersDown(
  changes: readonly ResourceChange[],
  oldMembers: readonly string[],
  newMembers: readonly string[],
): string[] {
  const goesDown = (c: ResourceChange) =>
    (c.role.kind === "vm" && (c.op === "replace" || c.op === "create" || stopsVm(c))) ||
    (c.role.kind === "data-disk" && (c.op === "replace" || c.op === "delete"));
  const down = changes.filter(goesDown).map((c) => c.role.member ?? "");
  return sortMembers(new Set(down)).filter((m) => oldMembers.includes(m) && newMembers.includes(m));
}

/** True for a change that the program puts into its chain: a VM or its data disk is made of something else. */
function isInVmChain({ role, op, old, new: now, paths }: ResourceChange): boolean {
  if (op !== "update") return false;
  const fingerprint = (inputs: ResourceState["inputs"]) => phaseIn("converge", inputs)?.vm;
  if (role.kind === "converge" && fingerprint(now?.inputs))
    return fingerprint(old?.inputs) !== fingerprint(now?.inputs);
  return role.kind === "data-disk" && paths.some(({ path }) => path === "size");
}

function memberVersions(
  changes: readonly ResourceChange[],
  outputs: Readonly<Record<string, unknown>>,
  declared: string | undefined,
): ClusterFacts["versions"] {
  const recorded = printableVersion(outputs.etcdVersion);
  const wanted = printableVersion(declared);
  const versions = new Map<string, { old: string | undefined; new: string | undefined }>();
  for (const c of changes) {
    if (c.role.kind !== "converge" || !c.role.member || c.op === "delete") continue;
    const old = c.op === "create" ? undefined : (versionSent(c.old?.inputs) ?? recorded);
    const unchanged = c.op === "same" ? old : undefined;
    versions.set(c.role.member, { old, new: unchanged ?? versionSent(c.new?.inputs) ?? wanted });
  }
  return versions;
}

/** A setting of the program, whatever the project's namespace. */
export function settingOf(preview: Preview, name: string): string | undefined {
  const entry = Object.entries(preview.config).find(([key]) => key.endsWith(`:${name}`));
  return entry?.[1];
}
