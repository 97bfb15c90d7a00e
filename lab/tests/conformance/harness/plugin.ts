import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** How long a plugin may take to say its port, and to end. */
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 5_000;

/** A plugin's process, which said on which port it serves. */
export interface PluginProcess {
  readonly port: number;
  stop(): Promise<void>;
}

/** A directory as the engine keeps plugins in, for example `~/.pulumi/plugins`; unset for the lab's stand-ins. */
export const OFFICIAL_PLUGINS = process.env.CONFORMANCE_PLUGINS;

/** The executable under test: the stand-in or, where {@link OFFICIAL_PLUGINS} is set, the plugin of the SDK's version. */
export function pluginExecutable(name: string): string {
  const file = `pulumi-resource-${name}`;
  if (!OFFICIAL_PLUGINS) return join(__dirname, "../../../plugins/bin", file);
  const { dependencies } = JSON.parse(readFileSync(join(__dirname, "../../../../package.json"), "utf8"));
  const version = dependencies[`@pulumi/${name}`];
  const executable = join(OFFICIAL_PLUGINS, `resource-${name}-v${version}`, file);
  if (existsSync(executable)) return executable;
  throw new Error(
    `CONFORMANCE_PLUGINS: no ${executable}; get it by \`pulumi plugin install resource ${name} ${version}\``,
  );
}

/** Starts a plugin as the engine does: the engine's address as argument, the port as first line of stdout. */
export async function startPlugin(
  executable: string,
  engineAddress: string,
  env: NodeJS.ProcessEnv,
): Promise<PluginProcess> {
  const child = spawn(executable, [engineAddress], { env, stdio: ["ignore", "pipe", "pipe"] });
  const errors: Buffer[] = [];
  child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
  const stop = () => end(child);
  try {
    const port = Number(await firstLine(child, executable));
    if (!Number.isInteger(port) || port <= 0) throw new Error(`${executable} gave no port`);
    return { port, stop };
  } catch (error) {
    await stop();
    throw new Error(`${(error as Error).message}\n${Buffer.concat(errors)}`);
  }
}

function firstLine(child: ChildProcess, executable: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`${executable} gave no port within ${START_TIMEOUT_MS / 1000} s`)),
      START_TIMEOUT_MS,
    );
    const settle = (act: () => void) => () => {
      clearTimeout(timer);
      act();
    };
    child.once("error", (error) => settle(() => reject(error))());
    child.once("exit", (code) => settle(() => reject(new Error(`${executable} ended with ${code}`)))());
    if (child.stdout) {
      createInterface(child.stdout).once("line", (line) => settle(() => resolve(line.trim()))());
    }
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}
