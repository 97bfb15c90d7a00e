import { join } from "node:path";
import { ROOT } from "../../lab/commands/shared/paths";
import { engineAlone } from "./engineAlone";
import { lab, must } from "./processes";
import { UP } from "./pulumiUp";

const TIMEOUT_MS = 180_000;

/** How often each program's no-op `up` is timed on one lab; they take turns. */
const ROUNDS = 3;

/** How long one took. */
export interface Took {
  readonly wallMs: number;
  /** Of engine, program and plugins: it says the same on a busy machine. */
  readonly cpuMs: number;
}

/** Times of what changes nothing, by program. */
export interface NoOps {
  /** This repository's, with a cluster that is up. */
  readonly cluster: readonly Took[];
  /** A program that declares nothing. */
  readonly empty: readonly Took[];
  /** A program that makes the engine start the same three plugins, and declares nothing else. */
  readonly plugins: readonly Took[];
}

const PROGRAMS: Readonly<Record<keyof NoOps, string>> = {
  cluster: ROOT,
  empty: join(ROOT, "tests/bench/programs/empty"),
  plugins: join(ROOT, "tests/bench/programs/plugins"),
};

/** A command, and the CPU seconds of all that it has waited for. */
const TIMED = `TIMEFORMAT='cpu %3U %3S'; time "$@"`;

const PREVIEW = ["preview", "--non-interactive"] as const;

/** Times ups and previews that change nothing of a cluster that is up, and of the programs to compare it with. */
export async function timeNoOps(stop: AbortSignal): Promise<{ ups: NoOps; previews: NoOps }> {
  for (const program of [PROGRAMS.empty, PROGRAMS.plugins]) {
    await must(lab("pulumi", "-C", program, ...UP), { timeoutMs: TIMEOUT_MS, stop });
  }
  const none = (): Record<keyof NoOps, Took[]> => ({ cluster: [], empty: [], plugins: [] });
  const [ups, previews] = [none(), none()];
  for (let round = 0; round < ROUNDS; round++) {
    for (const program of Object.keys(PROGRAMS) as (keyof NoOps)[]) {
      ups[program].push(await timeNoOp(UP, PROGRAMS[program], stop));
      previews[program].push(await timeNoOp(PREVIEW, PROGRAMS[program], stop));
    }
  }
  return { ups, previews };
}

/**
 * Times the engine alone, without the lab's command line around it.
 *
 * @throws Error when it was no no-op.
 */
async function timeNoOp(command: readonly string[], program: string, stop: AbortSignal): Promise<Took> {
  const { argv: engine, env } = engineAlone(["-C", program, ...command]);
  const argv = ["bash", "-c", TIMED, "bash", ...engine];
  const { output, wallMs } = await must(argv, { timeoutMs: TIMEOUT_MS, stop, env, isEngine: true });
  if (!/Resources:\n +\d+ unchanged(\n|$)/.test(output)) {
    throw new Error(`a second pulumi ${command[0]} of ${program} changed something:\n${output}`);
  }
  const [, user, system] = /^cpu ([\d.]+) ([\d.]+)$/m.exec(output) ?? [];
  return { wallMs, cpuMs: (Number(user) + Number(system)) * 1000 };
}
