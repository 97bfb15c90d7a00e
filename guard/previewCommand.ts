import { jsonOf } from "../core/json";
import { judgePreview, renderTerminal } from ".";
import { problemOf } from "./cli";
import { readPreview } from "./preview";

/** What the command needs from outside; tests give their own. */
export interface PreviewIo {
  /** Runs Pulumi with its stderr shown, and returns its stdout; `undefined` when there is no Pulumi to run. */
  readonly pulumi: (args: readonly string[]) => string | undefined;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly isColoured: boolean;
}

/**
 * `npm run preview`: `pulumi preview`, judged by the guard, for a person at a terminal. `--allow RULE:SUBJECT` is the
 * guard's, and every other argument is Pulumi's.
 *
 * @returns the guard's exit code: 0 safe, 1 unsafe, 2 not understood or incomplete.
 */
export function runPreview(args: readonly string[], io: PreviewIo): 0 | 1 | 2 {
  const { overrides, rest } = parted(args);
  const refuse = (problem: string) => {
    io.err(`etcd preview guard: ${problem}\n`);
    return 2 as const;
  };
  const text = io.pulumi(["preview", "--json", "--non-interactive", ...rest]);
  if (text === undefined) return refuse("there is no `pulumi` on the PATH; install it");
  const json = jsonOf(text);
  if (json === undefined) return refuse("Pulumi printed no preview; it has said why");
  try {
    const report = judgePreview(json, overrides);
    // At a terminal Pulumi says them in full as well.
    for (const { severity, message } of readPreview(json).diagnostics)
      if (severity === "error") io.err(`${plain(message ?? "")}\n`);
    io.out(renderTerminal(report, io));
    return report.exitCode;
  } catch (error) {
    return refuse(problemOf(error));
  }
}

function parted(args: readonly string[]): { overrides: string[]; rest: string[] } {
  const overrides: string[] = [];
  const rest: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === "--allow") overrides.push(args[++i] ?? "");
    else if (arg.startsWith("--allow=")) overrides.push(arg.slice("--allow=".length));
    else rest.push(arg);
  }
  return { overrides, rest };
}

/** Without what a terminal obeys; lines stay lines. */
function plain(text: string): string {
  return text.trimEnd().replace(/[^\P{Cc}\n]/gu, "?");
}
