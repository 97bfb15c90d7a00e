import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { LabError } from "./labError";
import { ROOT } from "./paths";

/** What a `lab pulumi` command line asks for. */
export interface Invocation {
  /** The Pulumi project's directory: the checkout, or what -C names. */
  readonly projectDir: string;
  readonly projectName: string;
  /** `lab`, or what -s names. */
  readonly stack: string;
  /** The first word that is no flag. */
  readonly subcommand: string | undefined;
  /** The rest of the command line, without -C and -s. */
  readonly args: readonly string[];
}

const TAKES_CONFIG_FILE = new Set(
  "up update preview pre destroy down dn refresh watch import config cfg".split(" "),
);

const RUNS_PROGRAM = new Set("up update preview pre watch".split(" "));

/** Reads a `lab pulumi` command line; its -C and -s are taken out, wherever they stand. */
export function parseInvocation(argv: readonly string[]): Invocation {
  const args: string[] = [];
  let projectDir = ROOT;
  let stack = "lab";
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i] as string;
    const [flag = "", inline] = arg.startsWith("--") ? split(arg) : [arg];
    if (["-C", "--cwd", "-s", "--stack"].includes(flag)) {
      const value = inline ?? argv[++i];
      if (!value) throw new LabError(`${flag} needs a value`);
      if (flag === "-C" || flag === "--cwd") projectDir = resolve(value);
      else stack = value;
    } else args.push(arg);
  }
  return {
    projectDir,
    projectName: projectName(projectDir),
    stack,
    subcommand: args.find((a) => !a.startsWith("-")),
    args,
  };
}

function split(arg: string): [string, string | undefined] {
  const at = arg.indexOf("=");
  return at < 0 ? [arg, undefined] : [arg.slice(0, at), arg.slice(at + 1)];
}

function projectName(directory: string): string {
  const file = join(directory, "Pulumi.yaml");
  const name = existsSync(file) && parse(readFileSync(file, "utf8"))?.name;
  if (typeof name !== "string")
    throw new LabError(`${directory} is no Pulumi project: no Pulumi.yaml with a name`);
  return name;
}

/** True when the command reads the stack's settings. */
function takesConfigFile({ subcommand }: Invocation): boolean {
  return subcommand !== undefined && TAKES_CONFIG_FILE.has(subcommand);
}

/** True when the command runs the Pulumi program. */
export function runsProgram({ subcommand }: Invocation): boolean {
  return subcommand !== undefined && RUNS_PROGRAM.has(subcommand);
}

/** The command line for the engine, with the stack's settings from `configFile`. */
export function engineArguments(invocation: Invocation, configFile: string): string[] {
  const args = [...invocation.args];
  if (takesConfigFile(invocation) && !args.some((a) => a.startsWith("--config-file"))) {
    args.splice(args.indexOf(invocation.subcommand as string) + 1, 0, "--config-file", configFile);
  }
  return ["-C", invocation.projectDir, ...args];
}
