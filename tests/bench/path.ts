/** One thing that an `up` does. */
export interface Step {
  readonly name: string;
  /** Names of the steps that end before it begins. */
  readonly after: readonly string[];
  readonly durationMs: number;
}

/** What an `up` cannot be shorter than. */
export interface CriticalPath {
  readonly totalMs: number;
  /** The longest chain, in its order. */
  readonly chain: readonly Step[];
  /** By name, how much longer the step may take before the whole does. */
  readonly slackMs: ReadonlyMap<string, number>;
}

/** Finds the longest chain; names that are no step are passed over. @throws Error when steps wait for each other. */
export function criticalPath(steps: readonly Step[]): CriticalPath {
  const byName = new Map(steps.map((step) => [step.name, step]));
  const before = (step: Step) => step.after.flatMap((name) => byName.get(name) ?? []);
  const followers = new Map<string, Step[]>(steps.map(({ name }) => [name, []]));
  for (const step of steps) for (const { name } of before(step)) followers.get(name)?.push(step);
  // With its own time, to the end of a step, and from its begin to the end of all.
  const toEnd = longest(before);
  const fromBegin = longest((step) => followers.get(step.name) ?? []);
  const totalMs = Math.max(0, ...steps.map(toEnd));
  const chain: Step[] = [];
  let candidates = steps.filter((step) => toEnd(step) === totalMs);
  while (candidates[0]) {
    chain.unshift(candidates[0]);
    const earlier = before(candidates[0]);
    const latest = Math.max(...earlier.map(toEnd));
    candidates = earlier.filter((step) => toEnd(step) === latest);
  }
  const slack = (step: Step) => totalMs - toEnd(step) - fromBegin(step) + step.durationMs;
  return { totalMs, chain, slackMs: new Map(steps.map((step) => [step.name, slack(step)])) };
}

/** The time of a step and of the longest chain of those next to it, in one direction. */
function longest(next: (step: Step) => readonly Step[]): (step: Step) => number {
  const known = new Map<string, number>();
  const timeOf = (step: Step, seen: ReadonlySet<string>): number => {
    if (seen.has(step.name)) throw new Error(`${[...seen, step.name].join(" waits for ")}`);
    const found = known.get(step.name);
    if (found !== undefined) return found;
    const deeper = new Set([...seen, step.name]);
    const time = step.durationMs + Math.max(0, ...next(step).map((one) => timeOf(one, deeper)));
    known.set(step.name, time);
    return time;
  };
  return (step) => timeOf(step, new Set());
}
