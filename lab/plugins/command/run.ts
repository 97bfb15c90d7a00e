import type { Client, ClientChannel } from "ssh2";
import type { Connection } from "./connection";
import { dial } from "./dial";

/** What a command is run with. */
export interface RunRequest {
  readonly connection: Connection;
  readonly command: string;
  readonly stdin: string | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Called for each whole line as it arrives. */
  onLine(stream: "stdout" | "stderr", line: string): void;
}

/** What a command printed, each without its one trailing newline. */
export interface RunResult {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in the user's login shell; a failure prints the command and its output, never stdin. */
export async function run(request: RunRequest): Promise<RunResult> {
  const { client, close } = await dial(request.connection, request.signal);
  const onAbort = () => close();
  request.signal.addEventListener("abort", onAbort, { once: true });
  try {
    await refuseLostVariables(client, request.environment);
    return await collect(await open(client, request.command, request.environment), request);
  } finally {
    request.signal.removeEventListener("abort", onAbort);
    close();
  }
}

function open(
  client: Client,
  command: string,
  environment: RunRequest["environment"],
): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.exec(command, { env: { ...environment } }, (error, channel) =>
      error ? reject(error) : resolve(channel),
    );
  });
}

/**
 * The official plugin waits for sshd's word on each variable and fails when it is refused. This SSH client
 * asks for no word, so a refusal shows only in a shell that lacks the variable.
 */
async function refuseLostVariables(client: Client, environment: RunRequest["environment"]): Promise<void> {
  for (const [name, value] of Object.entries(environment)) {
    const channel = await open(client, `printenv ${name}`, { [name]: value });
    const chunks: Buffer[] = [];
    channel.on("data", (chunk: Buffer) => chunks.push(chunk));
    await new Promise((resolve) => channel.on("close", resolve));
    if (Buffer.concat(chunks).toString() !== `${value}\n`) {
      throw new Error(`could not set environment variable ${JSON.stringify(name)}: ssh: setenv failed`);
    }
  }
}

function collect(channel: ClientChannel, request: RunRequest): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const output = { stdout: [] as Buffer[], stderr: [] as Buffer[], both: [] as Buffer[] };
    const lines = { stdout: lineSplitter(request, "stdout"), stderr: lineSplitter(request, "stderr") };
    let exit: { code: number | null; signal: string | undefined } | undefined;
    const take = (stream: "stdout" | "stderr") => (chunk: Buffer) => {
      output[stream].push(chunk);
      output.both.push(chunk);
      lines[stream](chunk.toString());
    };
    channel.on("data", take("stdout"));
    channel.stderr.on("data", take("stderr"));
    channel.on("exit", (code: number | null, signal?: string) => {
      exit = { code, signal };
    });
    channel.on("close", () => {
      const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString();
      const failure = describeExit(exit);
      if (failure)
        reject(new Error(`${failure}: running ${goQuote(request.command)}:\n${text(output.both)}`));
      else resolve({ stdout: trimOne(text(output.stdout)), stderr: trimOne(text(output.stderr)) });
    });
    channel.end(request.stdin ?? "");
  });
}

function describeExit(
  exit: { code: number | null; signal: string | undefined } | undefined,
): string | undefined {
  if (!exit) return "wait: remote command exited without exit status or exit signal";
  if (exit.signal) {
    const name = exit.signal.replace(/^SIG/, "");
    const number =
      { HUP: 1, INT: 2, QUIT: 3, ABRT: 6, KILL: 9, SEGV: 11, PIPE: 13, ALRM: 14, TERM: 15 }[name] ?? 0;
    return `Process exited with status ${128 + number} from signal ${name}`;
  }
  return exit.code === 0 ? undefined : `Process exited with status ${exit.code}`;
}

/** Go's %q, as far as commands need it. */
function goQuote(text: string): string {
  return JSON.stringify(text).replace(/\\u00([0-9a-f]{2})/g, "\\x$1");
}

function trimOne(text: string): string {
  return text.replace(/\n$/, "");
}

function lineSplitter(request: RunRequest, stream: "stdout" | "stderr"): (text: string) => void {
  let rest = "";
  return (text) => {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    for (const line of parts) request.onLine(stream, line);
  };
}
