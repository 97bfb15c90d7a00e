import { parseArgs } from "node:util";
import { jsonOf } from "../core/json";
import {
  GuardInputError,
  judgePreview,
  overridesInBody,
  readPullRequest,
  renderMarkdown,
  renderUnjudged,
} from ".";

/** What the command needs from outside; tests give their own. */
export interface GuardIo {
  /** The text of a file, or of stdin when the name is `-`. */
  readonly read: (file: string) => string;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

const USAGE = `usage: npm run --silent guard -- [options] [FILE]

Judges what \`pulumi preview --json\` printed, from FILE or stdin.

  --format markdown|json   default markdown
  --allow RULE:SUBJECT     allows one finding; repeatable
  --pr-body-file FILE      allows what the pull request's body names: etcd-guard-allow: STACK RULE:SUBJECT
  --pull-request FILE      the same, and says by whom: what .github/scripts/pull-request.sh prints
  --stack STACK            named in the Markdown also when nothing can be judged

exit code: 0 safe, 1 unsafe, 2 input not understood or preview incomplete
`;

/** Runs the guard on command-line arguments and returns its exit code. */
export function runGuard(args: readonly string[], io: GuardIo): 0 | 1 | 2 {
  let stack: string | undefined;
  try {
    const { file, format, overrides, isHelp, ...given } = readArguments(args);
    if (isHelp) {
      io.out(USAGE);
      return 0;
    }
    if (format === "markdown") stack = given.stack;
    const pullRequest =
      given.pullRequest === undefined ? undefined : readPullRequest(io.read(given.pullRequest));
    const body = pullRequest?.body ?? (given.body === undefined ? "" : io.read(given.body));
    const report = judgePreview(parseJson(io.read(file)), overrides, overridesInBody(body), pullRequest);
    io.out(format === "json" ? `${JSON.stringify(report, undefined, 2)}\n` : renderMarkdown(report));
    return report.exitCode;
  } catch (error) {
    // Never taken for safe or unsafe.
    const problem = problemOf(error);
    io.err(`etcd preview guard: ${problem}\n`);
    if (stack !== undefined) io.out(renderUnjudged(stack, problem));
    return 2;
  }
}

/** An error's own text may quote the input, which may hold a secret. */
export function problemOf(error: unknown): string {
  if (error instanceof GuardInputError || error instanceof UsageError) return error.message;
  return error instanceof Error && "code" in error
    ? `${error.code}: a file cannot be read`
    : "unexpected error";
}

class UsageError extends Error {}

function readArguments(args: readonly string[]) {
  const { values, positionals } = parse(args);
  const format = values.format ?? "markdown";
  if (format !== "markdown" && format !== "json")
    throw new UsageError(`--format is markdown or json\n\n${USAGE}`);
  if (positionals.length > 1) throw new UsageError(`one FILE at most\n\n${USAGE}`);
  return {
    file: positionals[0] ?? "-",
    format,
    overrides: values.allow ?? [],
    body: values["pr-body-file"],
    pullRequest: values["pull-request"],
    stack: values.stack,
    isHelp: values.help === true,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        format: { type: "string" },
        allow: { type: "string", multiple: true },
        "pr-body-file": { type: "string" },
        "pull-request": { type: "string" },
        stack: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : "bad arguments"}\n\n${USAGE}`);
  }
}

/** JSON.parse's own message quotes its input, which may hold a secret. */
function parseJson(text: string): unknown {
  const json = jsonOf(text);
  if (json === undefined)
    throw new GuardInputError(text.trim() === "" ? "the input is empty" : "the input is not JSON");
  return json;
}
