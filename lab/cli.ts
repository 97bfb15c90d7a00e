import { boot } from "./commands/boot";
import { build } from "./commands/build";
import type { Command } from "./commands/command";
import { down } from "./commands/down";
import { etcdctl } from "./commands/etcdctl";
import { faults } from "./commands/faults";
import { killEngine } from "./commands/killEngine";
import { logs } from "./commands/logs";
import { plugins } from "./commands/plugins";
import { policy } from "./commands/policy";
import { pulumi } from "./commands/pulumi";
import { LabError, UsageError } from "./commands/shared/labError";
import { ssh } from "./commands/ssh";
import { start } from "./commands/start";
import { status } from "./commands/status";
import { stockouts } from "./commands/stockout";
import { verify } from "./commands/verify";

const COMMANDS: readonly Command[] = [
  start,
  boot,
  pulumi,
  status,
  verify,
  ssh,
  etcdctl,
  logs,
  down,
  ...faults,
  killEngine,
  ...stockouts,
  policy,
  plugins,
  build,
];

function help(): string {
  const lines = COMMANDS.map(({ name, usage, summary }) => `  ${`${name} ${usage}`.padEnd(44)} ${summary}`);
  return ["usage: lab/bin/lab COMMAND", "", "GCE in a box, and the etcd stack on it:", ...lines].join("\n");
}

function checkMachine(): void {
  if (process.platform !== "linux") {
    throw new LabError(`the lab runs Linux hosts and needs Linux; this is ${process.platform}`);
  }
  if (process.getuid?.() !== 0) {
    throw new LabError("the lab makes network namespaces and mounts, and needs root; run it with sudo");
  }
}

async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || ["help", "-h", "--help"].includes(name)) {
    console.log(help());
    return name === undefined ? 2 : 0;
  }
  const command = COMMANDS.find((c) => c.name === name);
  try {
    if (!command) throw new UsageError(`no command ${name}; see \`lab help\``);
    checkMachine();
    return await command.run(args);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    console.error(`error: ${error.message}`);
    if (error instanceof UsageError && command) console.error(`usage: lab ${command.name} ${command.usage}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

// A reader that has seen enough, as `lab status | head`, is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 70;
  },
);
