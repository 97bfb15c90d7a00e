import type { Lab } from "./lab";

/** When within a Command's run the engine is killed. */
const MOMENTS = {
  starts: { sign: "(creating|updating|replacing|creating replacement|deleting original)", afterMs: 0 },
  "is at work": { sign: "(creating|updating|creating replacement)", afterMs: 700 },
  "has ended": { sign: "(created|updated|created replacement)", afterMs: 0 },
} as const;

type Moment = keyof typeof MOMENTS;

/** One point at which a change was cut off, or tried to be. */
export interface KillPoint {
  readonly command: string;
  readonly moment: Moment;
  /** `done before`: an earlier run, cut off after it, had done this Command already. */
  readonly outcome: "killed" | "done before";
}

const UP = ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive"];

/**
 * Brings one change up while its engine is killed at each boundary of each Command and inside each, in the order
 * in which the engine shows them; the Commands are those that the preview of the change lists. Each run begins
 * with what the kill before it has left. The last one is left alone and must succeed.
 *
 * @throws Error when a run fails by itself: what a kill leaves must be something that the next run finishes.
 */
export async function killAtEveryPoint(lab: Lab, flags: readonly string[] = []): Promise<KillPoint[]> {
  const points: KillPoint[] = [];
  for (const command of await changedCommands(lab, flags)) {
    for (const moment of Object.keys(MOMENTS) as Moment[]) {
      points.push({ command, moment, outcome: await killAt(lab, command, moment, flags) });
    }
  }
  await lab.must(...UP, ...flags);
  return points;
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

async function killAt(
  lab: Lab,
  command: string,
  moment: Moment,
  flags: readonly string[],
): Promise<KillPoint["outcome"]> {
  const { sign, afterMs } = MOMENTS[moment];
  const running = lab.start(...UP, ...flags);
  const isSeen = await running.shows(new RegExp(`command:remote:Command ${command} ${sign}`));
  if (isSeen) {
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    // It may have ended meanwhile, as after the last Command.
    const { status } = await lab.run("cut");
    await running.ended;
    if (status === 0) return "killed";
  }
  const { status, output } = await running.ended;
  if (status !== 0)
    throw new Error(`the run to be killed when ${command} ${moment} failed by itself:\n${output}`);
  return "done before";
}

/** A table of the points, for the log of a soak run. */
export function killTable(change: string, points: readonly KillPoint[]): string {
  const killed = points.filter(({ outcome }) => outcome === "killed").length;
  const commands = [...new Set(points.map(({ command }) => command))];
  const rows = commands.map((command) => {
    const cells = points
      .filter((point) => point.command === command)
      .map(({ moment, outcome }) => `${moment}: ${outcome}`.padEnd(26));
    return `  ${command.padEnd(20)} ${cells.join("")}`.trimEnd();
  });
  return [`${change}: killed at ${killed} of ${points.length} points`, ...rows, ""].join("\n");
}
