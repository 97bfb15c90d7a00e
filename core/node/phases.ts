import { NODE_LIB_DIR } from "./layout";
import { parseCommandOptions, shellCommand } from "./shell";

/** The type of the resource that sends a phase to its node. */
export const COMMAND_TYPE = "command:remote:Command";

/**
 * What each phase is sent. Its script reads the `options`; `triggers` are not read: a changed one is a changed
 * command, so that Pulumi runs the phase again. Past `limitS` seconds a phase is ended by force. `turn` is when it
 * runs: on all members together, on one after the other, last, or before the first VM that is stopped or replaced.
 */
export const PHASES = {
  install: {
    limitS: 600,
    turn: "together",
    options: ["name", "disk", "size", "version", "url", "sha256"],
    triggers: ["ip", "instance"],
  },
  bootstrap: {
    limitS: 120,
    turn: "together",
    options: ["mode", "name", "ip", "version", "members", "founders"],
    triggers: ["pki", "instance"],
  },
  converge: {
    // A large database takes long over a slow link; what does not go on is given up by the phase itself.
    limitS: 3600,
    turn: "in turn",
    options: ["name", "ip", "version", "members", "next"],
    triggers: ["config", "pki", "instance", "vm"],
  },
  membership: { limitS: 600, turn: "last", options: ["name", "version", "members"], triggers: ["instances"] },
  "vm-gate": { limitS: 120, turn: "first", options: ["name", "vm"], triggers: [] },
} as const;

export type Phase = keyof typeof PHASES;

/** The phases that every member has, in their order. */
export const MEMBER_PHASES = ["install", "bootstrap", "converge"] as const;
export type MemberPhase = (typeof MEMBER_PHASES)[number];

/** A phase's options and triggers by name. */
export type PhaseValues<P extends Phase> = Readonly<
  Record<(typeof PHASES)[P]["options" | "triggers"][number], string>
>;

/** A command line that, run as root, is given up by force after the phase's limit. */
export function limited(phase: Phase, command: string): string {
  return `sudo timeout -k 10 ${PHASES[phase].limitS} ${command}`;
}

/** The command that runs an installed phase. */
export function renderPhase<P extends Exclude<Phase, "vm-gate">>(phase: P, values: PhaseValues<P>): string {
  return phaseCommand(phase, limited(phase, `${NODE_LIB_DIR}/${phase}.sh`), values);
}

/** The same, where the phase is run by another program. */
export function phaseCommand<P extends Phase>(phase: P, program: string, values: PhaseValues<P>): string {
  const { options, triggers } = PHASES[phase];
  const given = values as Readonly<Record<string, string>>;
  return shellCommand(
    program,
    Object.fromEntries([...options, ...triggers].map((name) => [name, given[name] ?? ""])),
  );
}

/**
 * What a phase's command holds; `undefined` when the text is none. Other releases of this program send other
 * options and triggers.
 */
export function parsePhase<P extends Phase>(phase: P, command: string): Partial<PhaseValues<P>> | undefined {
  const names: readonly string[] = [...PHASES[phase].options, ...PHASES[phase].triggers];
  const values = Object.entries(parseCommandOptions(command)).filter(([name]) => names.includes(name));
  return values.length === 0 ? undefined : (Object.fromEntries(values) as Partial<PhaseValues<P>>);
}

/** The logical name of the resource that sends a member its phase. */
export function commandName(index: number, phase: MemberPhase): string {
  return `member-${index}-${phase}`;
}

/** The phase of a command's logical name, or `reach`, the wait on the bastion, and the member's index if it is one's. */
export function parseCommandName(name: string): { phase: Phase | "reach"; index?: number } | undefined {
  const [, index, own, clusters] = /^(?:member-(\d+)-([a-z]+)|.*-(membership|vm-gate))$/.exec(name) ?? [];
  if (clusters !== undefined) return { phase: clusters as Phase };
  const phase = [...MEMBER_PHASES, "reach" as const].find((p) => p === own);
  return phase && { phase, index: Number(index) };
}
