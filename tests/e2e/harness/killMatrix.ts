import type { Lab, Running } from "./lab";

/** When within a Command's run the engine is killed: `afterMs` after it has shown one of the words. */
const MOMENTS = {
  starts: { words: ["creating", "updating", "replacing"], afterMs: 0 },
  // A converge with nothing to do takes a third of a second.
  "is at work": { words: ["creating", "updating", "replacing"], afterMs: 150 },
  "has ended": { words: ["created", "updated", "replaced"], afterMs: 0 },
} as const;

/** The engine shows what is done before it has written it to the state, one step after the other. */
const STATE_WRITE_MS = 500;

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
 * run before it was killed at, and the next one begins with what that has left; the last one is left alone.
 *
 * @throws Error when a run fails by itself: what a kill leaves must be something that the next run finishes.
 */
export async function killAtEveryPoint(lab: Lab, flags: readonly string[] = []): Promise<KillPoint[]> {
  const commands = await changedCommands(lab, flags);
  const points = commands.flatMap((command) =>
    (Object.keys(MOMENTS) as Moment[]).map((moment) => ({ command, moment, isKilled: false })),
  );
  for (;;) {
    const running = lab.startUp(...flags);
    const point = await running.shows((output) => firstPoint(output, points));
    if (point) {
      await pause(MOMENTS[point.moment].afterMs);
      await cloudIsSettled(running);
      // Not when the run has ended meanwhile, as after the last Command.
      point.isKilled = lab.cutNow();
    }
    const { status, output } = await running.ended;
    if (point?.isKilled) continue;
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

/**
 * Waits, in a run that changes something in Google Cloud, until that is done and written to the state: what a kill
 * leaves of it is a matter of its own, see docs/operate/killed-run.md.
 */
async function cloudIsSettled(running: Running): Promise<void> {
  for (let seen = 0; ; ) {
    const steps = await running.shows((output) => {
      const { begun, ended } = cloudSteps(output);
      return begun > ended ? undefined : begun;
    });
    if (steps === undefined || steps === seen) return;
    seen = steps;
    await pause(STATE_WRITE_MS);
  }
}

/** How many changes of Google Cloud's resources the output shows to have begun, and how many to have ended. */
function cloudSteps(output: string): { begun: number; ended: number } {
  const words = [
    ...output.matchAll(/ gcp:\S+ (\S+ (?:\*\*)?(?:creat|updat|replac|delet)(?:ing failed|ing|ed))\b/g),
  ];
  const shown = new Set(words.map(([, word = ""]) => word.replace("**", "")));
  const begun = [...shown].filter((word) => word.endsWith("ing")).length;
  return { begun, ended: shown.size - begun };
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
