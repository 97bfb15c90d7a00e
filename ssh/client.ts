import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import execa from "execa";
import { shellQuote } from "../core/node/shell";
import type { Access } from "./access";

/**
 * Gives `use` an ssh command line that logs in by `access` and runs `command`, or a shell where there is none.
 *
 * The key is never in a file: an ssh-agent of our own has it, for as long as `use` takes. Neither the person's nor the
 * machine's ssh settings have a say, and a host that does not show the pinned key gets nothing.
 */
export async function withSsh<T>(
  access: Access,
  command: readonly string[],
  use: (argv: readonly string[]) => Promise<T>,
): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), "etcd-ssh-"));
  const socket = join(directory, "agent");
  let agent: ChildProcess | undefined;
  try {
    writeFileSync(join(directory, "known_hosts"), access.knownHosts);
    agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
    const gone = new Promise<never>((_, reject) => agent?.once("error", reject));
    await Promise.race([untilThere(socket), gone]);
    await execa("ssh-add", ["-q", "-"], { input: access.privateKey, env: { SSH_AUTH_SOCK: socket } });
    const terminal = command.length === 0 && process.stdin.isTTY ? ["-t"] : [];
    return await use([...sshWords(access, directory), ...terminal, access.target, ...command]);
  } finally {
    agent?.kill();
    rmSync(directory, { recursive: true, force: true });
  }
}

function sshWords(access: Access, directory: string): string[] {
  const common = {
    IdentityAgent: join(directory, "agent"),
    UserKnownHostsFile: join(directory, "known_hosts"),
    GlobalKnownHostsFile: "/dev/null",
    StrictHostKeyChecking: "yes",
    ConnectTimeout: "15",
    LogLevel: "ERROR",
  };
  const words = (options: Readonly<Record<string, string>>) => [
    "ssh",
    "-F",
    "/dev/null",
    ...Object.entries({ ...common, ...options }).flatMap(([name, value]) => ["-o", `${name}=${value}`]),
  ];
  const { bastion } = access;
  const jump = bastion && [
    ...words({ HostKeyAlias: "bastion", Port: String(bastion.port) }),
    "-W",
    "%h:%p",
    bastion.target,
  ];
  return words({ ...access.options, ...(jump ? { ProxyCommand: jump.map(shellQuote).join(" ") } : {}) });
}

async function untilThere(socket: string): Promise<void> {
  for (let tries = 0; !existsSync(socket); tries++) {
    if (tries > 250) throw new Error("ssh-agent did not start within 5 s");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
