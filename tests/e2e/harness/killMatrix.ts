import type { Lab } from "./lab";

/** When within a Command's run the engine is killed: `afterMs` after it has shown one of the words. */
const MOMENTS = {
  starts: { words: ["creating", "updating", "replacing"], afterMs: 0 },
  // A converge with nothing to do takes a third of a second.
  "is at work": { words: ["creating", "updating", "replacing"], afterMs: 150 },
  "has ended": { words: ["created", "updated", "replaced"], afterMs: 0 },
} as const;

type Moment = keyof typeof MOMENTS;

/** One point at which a change can be cut off. */
export interface KillPoint {
  readonly command: string;
  readonly moment: Moment;
  /** Whether it was: beside Commands that go in parallel, a point may never come up on its own. */
  readonly isKilled: boolean;
}

/**
 * Brings one change up while its engine is killed at each boundary of each Command and inside each. The Commands
 * are those that the preview of the change lists. Each run is killed at the first point that it shows and that no
 * run before it was killed at, and the next one begins with what that has left; the last one is left alone. Where
 * something was being done in Google Cloud as well, what docs/operate/killed-run.md says comes between them.
 *
 * @throws Error when a run fails by itself: what a kill leaves must be something that the next run finishes.
 */
export async function killAtEveryPoint(lab: Lab, flags: readonly string[] = []): Promise<KillPoint[]> {
  const commands = await changedCommands(lab, flags);
  const points = commands.flatMap((command) =>
    (Object.keys(MOMENTS) as Moment[]).map((moment) => ({ command, moment, isKilled: false })),
  );
  for (let recovery: readonly string[] = []; ; ) {
    const running = lab.startUp(...flags, ...recovery);
    const point = await running.shows((output) => firstPoint(output, points));
    if (point) {
      await pause(MOMENTS[point.moment].afterMs);
      // Not when the run has ended meanwhile, as after the last Command.
      point.isKilled = lab.cutNow();
    }
    const { status, output } = await running.ended;
    if (point?.isKilled) {
      recovery = await recoverCloud(lab);
      continue;
    }
    if (status !== 0) throw new Error(`a run after a kill failed by itself:\n${output}`);
    return points;
  }
}

/** The point that the output shows first, of those at which nothing was killed yet. */
function firstPoint<P extends KillPoint>(output: string, points: readonly P[]): P | undefined {
  for (const [, command, word] of output.matchAll(/command:remote:Command (\S+) (\w+)/g)) {
    const point = points.find(
      (p) => !p.isKilled && p.command === command && MOMENTS[p.moment].words.some((w) => w === word),
    );
    if (point) return point;
  }
  return undefined;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Recovers what was being done in Google Cloud, if anything; the flags of the next `up`. */
export async function recoverCloud(lab: Lab): Promise<string[]> {
  const { stdout } = await lab.quietly("pulumi", "stack", "export");
  const { deployment } = JSON.parse(stdout) as {
    deployment: { pending_operations?: { resource: { type: string } }[] };
  };
  const pending = (deployment.pending_operations ?? []).map(({ resource }) => resource.type);
  if (!pending.some((type) => type.startsWith("gcp:"))) return [];
  await lab.recover();
  return ["--refresh"];
}

/** The names of the Commands that an `up` would run, in the order of the preview. */
async function changedCommands(lab: Lab, flags: readonly string[]): Promise<string[]> {
  const { stdout } = await lab.must("pulumi", "preview", "--json", "--non-interactive", ...flags);
  const { steps = [] } = JSON.parse(stdout) as { steps?: { op: string; urn: string }[] };
  const names = steps
    .filter(({ op, urn }) => /create|update|replace/.test(op) && urn.includes("command:remote:Command::"))
    .map(({ urn }) => urn.split("::").at(-1) ?? "");
  return [...new Set(names)];
}

/** A table of the points, for the log of a soak run. */
export function killTable(change: string, points: readonly KillPoint[]): string {
  const killed = points.filter(({ isKilled }) => isKilled).length;
  const rows = [...new Set(points.map(({ command }) => command))].map((command) => {
    const cells = points
      .filter((point) => point.command === command)
      .map(({ moment, isKilled }) => `${moment}: ${isKilled ? "killed" : "-"}`.padEnd(20));
    return `  ${command.padEnd(20)} ${cells.join("")}`.trimEnd();
  });
  return [`${change}: killed at ${killed} of ${points.length} points`, ...rows, ""].join("\n");
}
