import { addressOf, controllers } from "./cluster";
import { FAULTS, type Fault, repair } from "./faults";
import type { Lab } from "./lab";

/** A change that can be declared again and again. */
export interface Change {
  readonly name: string;
  /** Declares it again, other than it is now, and says what. */
  declare(round: number, fault: Fault): Promise<string>;
  /**
   * Whether it takes a member's data. With three members two data directories are the quorum, so it has ended before
   * a fault that takes another's.
   */
  readonly takesData?: true;
  readonly flags?: readonly string[];
}

/** What came of a change that met with a fault. */
export interface Encounter {
  readonly fault: string;
  readonly declared: string;
  readonly during: string;
  readonly victim: string;
  /** `done`, or what the run said of the victim when it stopped; nothing when it did not tell. */
  readonly outcome: string | undefined;
}

/**
 * Brings a change up once for each fault. The fault strikes the next controller in the chain as soon as a member's
 * turn comes; a change that was stopped by it goes on with the next fault, and one that is done is declared again.
 *
 * @throws Error at the end, with what each run printed that stopped without naming the controller that has the
 *   fault; at once when a fault that has ended leaves a member unwell.
 */
export async function meetEveryFault(
  lab: Lab,
  change: Change,
  hosts: () => Promise<readonly string[]>,
): Promise<Encounter[]> {
  const encounters: Encounter[] = [];
  const untold: string[] = [];
  let round = 0;
  let isDone = true;
  let declared = "";
  let settingsBefore = lab.settings();
  for (const fault of FAULTS) {
    if (!isDone && change.takesData && fault.takesData) {
      await lab.mustUp({}, ...(change.flags ?? []));
      isDone = true;
    }
    let encounter: Encounter | undefined;
    // Nothing may be left of a change that was stopped at its end; then it is declared again.
    for (let attempt = 0; !encounter && attempt < 3; attempt++) {
      if (isDone) {
        settingsBefore = lab.settings();
        declared = await change.declare(round++, fault);
      }
      const met = await meet(lab, change, fault, await hosts(), settingsBefore);
      if (!met) {
        isDone = true;
        continue;
      }
      encounter = { ...met.encounter, declared };
      if (encounter.outcome === undefined) untold.push(`${row(change.name, encounter)}\n${met.output}`);
      isDone = encounter.outcome === "done";
    }
    if (!encounter) throw new Error(`${change.name} never reached a member`);
    encounters.push(encounter);
    process.stderr.write(`${row(change.name, encounter)}\n`);
  }
  if (untold.length > 0) throw new Error(`stopped, and did not name the victim:\n${untold.join("\n")}`);
  return encounters;
}

async function meet(
  lab: Lab,
  { name, flags = [] }: Change,
  fault: Fault,
  hosts: readonly string[],
  settingsBefore: string,
): Promise<{ readonly encounter: Omit<Encounter, "declared">; readonly output: string } | undefined> {
  const running = lab.startUp(...flags);
  const turn = await running.shows(
    (output) => /member-(\d+)-converge (?:creating|updating|replacing)/.exec(output)?.[1],
  );
  if (turn === undefined) {
    const { status, output } = await running.ended;
    if (status === 0) return undefined;
    throw new Error(`${name} failed before any fault:\n${output}`);
  }
  const victim = hosts[(hosts.indexOf(`controller-${turn}`) + 1) % hosts.length] ?? "controller-0";
  await fault.strike(lab, victim);
  const { status, output } = await running.ended;
  const outcome = status === 0 ? "done" : reasonOf(output, victim);
  await repair(lab, victim, fault, settingsBefore);
  return { encounter: { fault: fault.name, during: `member-${turn}-converge`, victim, outcome }, output };
}

/** The line by which a run that was stopped names the victim, if it does. */
function reasonOf(output: string, victim: string): string | undefined {
  const address = addressOf(victim);
  const lines = output.split("\n").filter((line) => line.includes(victim) || line.includes(address));
  return (
    lines
      .filter((line) => /ERROR|not healthy|dial tcp|does not answer|serves/.test(line))
      // It lists every other member; only what it says of this one counts.
      .filter((line) => !line.includes("seen: ") || line.includes(`${address}:2379 not healthy`))
      .at(-1)
      ?.trim()
  );
}

function row(change: string, { fault, declared, during, victim, outcome }: Encounter): string {
  return `  ${change} (${declared}), ${during}, ${victim} ${fault}: ${outcome ?? "NOT TOLD"}`;
}

/** The controllers that a stack has now. */
export async function presentControllers(lab: Lab): Promise<string[]> {
  return controllers(((await lab.outputs()).endpoints as string[]).length);
}
