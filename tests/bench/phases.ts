/** A phase has begun or ended on one node; or, for a phase of the whole cluster, at all. */
export interface Mark {
  readonly phase: string;
  readonly edge: "begin" | "end";
  /** Unix time in milliseconds. */
  readonly atMs: number;
}

/** A phase over all nodes, in milliseconds after the VMs had booted: from its first begin to its last end. */
export interface Phase {
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The phase that creates and boots the VMs; the clock starts at its last end. */
export const VMS = "VMs";

/** One bring-up's phases. */
export interface BringUp {
  /** In the order in which they began; without {@link VMS}. */
  readonly phases: readonly Phase[];
  /** From the last VM booted to the end of the last phase: the member list. */
  readonly totalMs: number;
}

/**
 * Gathers the nodes' marks into phases.
 *
 * @throws Error naming a phase that has begun on more nodes than it has ended on, or when no VM has booted.
 */
export function bringUpOf(marks: readonly Mark[]): BringUp {
  const names = [...new Set(marks.map(({ phase }) => phase))];
  const spans = names.map((name) => spanOf(name, marks));
  const booted = spans.find(({ name }) => name === VMS)?.toMs;
  if (booted === undefined) throw new Error("no VM was created, so there is nothing to measure from");
  const phases = spans
    .filter(({ name }) => name !== VMS)
    .map(({ name, fromMs, toMs }) => ({ name, fromMs: fromMs - booted, toMs: toMs - booted }))
    .sort((a, b) => a.fromMs - b.fromMs);
  if (phases.length === 0) throw new Error("nothing was done on the VMs, so there is nothing to measure");
  return { phases, totalMs: Math.max(...phases.map(({ toMs }) => toMs)) };
}

function spanOf(name: string, marks: readonly Mark[]): Phase {
  const at = (edge: Mark["edge"]) =>
    marks.filter((mark) => mark.phase === name && mark.edge === edge).map(({ atMs }) => atMs);
  const [begins, ends] = [at("begin"), at("end")];
  if (begins.length !== ends.length) {
    throw new Error(`phase ${name} has begun ${begins.length} times and ended ${ends.length} times`);
  }
  return { name, fromMs: Math.min(...begins), toMs: Math.max(...ends) };
}
