import type { Client, ClientChannel } from "ssh2";
import type { Connection } from "./connection";
import { dial } from "./dial";
import { quote } from "./go";
import { LineLog } from "./lineLog";

/** What a command is run with. */
export interface RunRequest {
  readonly connection: Connection;
  readonly command: string;
  readonly stdin: string | undefined;
  /** sshd must accept them all. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variables that sshd may refuse. */
  readonly previousOutputs: Readonly<Record<string, string>>;
  /** Which output is logged line by line. */
  readonly logged: Readonly<Record<Stream, boolean>>;
  /** Ends the dialling, not the command. */
  readonly signal: AbortSignal;
  log(severity: "info" | "warning" | "error", message: string): void;
}

/** What a command printed, each without its one trailing newline. */
export interface RunResult {
  readonly stdout: string;
  readonly stderr: string;
}

type Stream = "stdout" | "stderr";
type Exit = { readonly code: number | null; readonly signal: string | undefined } | undefined;

/** Runs a command in the user's login shell; a failure prints the command and its output, never stdin. */
export async function run(request: RunRequest): Promise<RunResult> {
  const { client, close } = await dial(request.connection, request.signal);
  try {
    const variables = await acceptedVariables(client, request);
    return await collect(await open(client, request.command, variables), request);
  } finally {
    close();
  }
}

function open(client: Client, command: string, env: Record<string, string>): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.exec(command, { env }, (error, channel) => (error ? reject(error) : resolve(channel)));
  });
}

async function acceptedVariables(client: Client, request: RunRequest): Promise<Record<string, string>> {
  const accepted: Record<string, string> = { ...request.environment };
  for (const [name, value] of Object.entries(request.environment)) {
    if (await isAccepted(client, name, value)) continue;
    request.log("error", refusal(name));
    throw new Error(`could not set environment variable ${quote(name)}: ssh: setenv failed`);
  }
  for (const [name, value] of Object.entries(request.previousOutputs)) {
    if (await isAccepted(client, name, value)) accepted[name] = value;
    else request.log("warning", refusal(name));
  }
  return accepted;
}

/**
 * The official plugin waits for sshd's word on each variable. This SSH client asks for no word, so a refusal
 * shows only in a shell that lacks the variable.
 */
async function isAccepted(client: Client, name: string, value: string): Promise<boolean> {
  const channel = await open(client, `printenv '${name.replaceAll("'", "'\\''")}'`, { [name]: value });
  const chunks: Buffer[] = [];
  channel.on("data", (chunk: Buffer) => chunks.push(chunk));
  await new Promise((resolve) => channel.on("close", resolve));
  return Buffer.concat(chunks).toString() === `${value}\n`;
}

function refusal(name: string): string {
  return `Unable to set '${name}'. This only works if your SSH server is configured to accept
\tthese variables via AcceptEnv. Alternatively, if a Bash-like shell runs the command on the remote host, you could
\tprefix the command itself with the variables in the form 'VAR=value command'`;
}

function collect(channel: ClientChannel, request: RunRequest): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const output = { stdout: [] as Buffer[], stderr: [] as Buffer[], both: [] as Buffer[] };
    const lines = new LineLog((line) => request.log("info", line));
    let exit: Exit;
    const take = (stream: Stream) => (chunk: Buffer) => {
      output[stream].push(chunk);
      output.both.push(chunk);
      if (!request.logged[stream]) return;
      try {
        lines.write(chunk);
      } catch (error) {
        reject(error);
        channel.close();
      }
    };
    channel.on("data", take("stdout"));
    channel.stderr.on("data", take("stderr"));
    channel.on("exit", (code: number | null, signal?: string) => {
      exit = { code, signal };
    });
    channel.on("close", () => {
      lines.end();
      const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString();
      const failure = describeExit(exit);
      if (failure) reject(new Error(`${failure}: running ${quote(request.command)}:\n${text(output.both)}`));
      else resolve({ stdout: trimOne(text(output.stdout)), stderr: trimOne(text(output.stderr)) });
    });
    channel.end(request.stdin ?? "");
  });
}

function describeExit(exit: Exit): string | undefined {
  if (!exit) return "wait: remote command exited without exit status or exit signal";
  if (exit.signal) {
    const name = exit.signal.replace(/^SIG/, "");
    const number =
      { HUP: 1, INT: 2, QUIT: 3, ABRT: 6, KILL: 9, SEGV: 11, PIPE: 13, ALRM: 14, TERM: 15 }[name] ?? 0;
    return `Process exited with status ${128 + number} from signal ${name}`;
  }
  return exit.code === 0 ? undefined : `Process exited with status ${exit.code}`;
}

function trimOne(text: string): string {
  return text.replace(/\n$/, "");
}
