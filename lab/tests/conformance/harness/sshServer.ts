import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { makeSshKey } from "./sshKey";
import type { WireMap } from "./wire";

const SSHD = "/usr/sbin/sshd";
const READY_TIMEOUT_MS = 10_000;
const READY_POLL_MS = 50;

/** A real sshd on a free loopback port, with keys of its own; logs in whoever runs the suite. */
export interface SshServer {
  readonly port: number;
  /** Who logs in, and the private key that is let in. */
  readonly user: string;
  readonly privateKey: string;
  /** A private key that isn't. */
  readonly otherPrivateKey: string;
  /** What the server proves itself with, in authorized_keys format. */
  readonly hostKeys: { readonly ed25519: string; readonly ecdsa: string };
  /** A host key that is not this server's. */
  readonly otherHostKey: string;
  /** A connection that works, with what is given changed. */
  connection(changes?: WireMap): WireMap;
  stop(): Promise<void>;
}

/** Starts sshd; fails where it isn't installed, so that no one takes a suite that did not run for one that passed. */
export async function startSshServer(): Promise<SshServer> {
  if (!existsSync(SSHD)) {
    throw new Error(`these tests need ${SSHD}: install it, on Debian by "apt-get install openssh-server"`);
  }
  const folder = mkdtempSync(join(tmpdir(), "conformance-sshd-"));
  const port = await freePort();
  const keys = {
    ed25519: makeSshKey(),
    ecdsa: makeSshKey({ type: "ecdsa" }),
    user: makeSshKey(),
    other: makeSshKey(),
  };
  writeFileSync(join(folder, "host-ed25519"), keys.ed25519.privateKey, { mode: 0o600 });
  writeFileSync(join(folder, "host-ecdsa"), keys.ecdsa.privateKey, { mode: 0o600 });
  writeFileSync(join(folder, "authorized_keys"), `${keys.user.publicKey}\n`);
  writeFileSync(join(folder, "sshd_config"), configuration(folder, port));
  // sshd needs this folder when it is started by root, and only Debian's service unit makes it.
  if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const sshd = spawn(SSHD, ["-D", "-e", "-f", join(folder, "sshd_config")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const errors: Buffer[] = [];
  sshd.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
  const stop = async () => {
    if (sshd.exitCode === null && sshd.signalCode === null) {
      const ended = new Promise((resolve) => sshd.once("exit", resolve));
      sshd.kill("SIGTERM");
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilListening(port, () => sshd.exitCode !== null);
  } catch (error) {
    await stop();
    throw new Error(`${(error as Error).message}\n${Buffer.concat(errors)}`);
  }
  const { username: user } = userInfo();
  const connection = (changes: WireMap = {}): WireMap => ({
    host: "127.0.0.1",
    port,
    user,
    privateKey: keys.user.privateKey,
    hostKey: keys.ed25519.publicKey,
    dialErrorLimit: 0,
    ...changes,
  });
  return {
    port,
    user,
    privateKey: keys.user.privateKey,
    otherPrivateKey: keys.other.privateKey,
    hostKeys: { ed25519: keys.ed25519.publicKey, ecdsa: keys.ecdsa.publicKey },
    otherHostKey: keys.other.publicKey,
    connection,
    stop,
  };
}

/** A loopback port on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== "object" || address === null) throw new Error("no free port");
  return address.port;
}

/**
 * As Debian has it, LC_* accepted, and one of the variables that the command plugin sets by itself; without PAM,
 * which needs more than a loopback test has.
 */
function configuration(folder: string, port: number): string {
  return `ListenAddress 127.0.0.1
Port ${port}
HostKey ${folder}/host-ed25519
HostKey ${folder}/host-ecdsa
AuthorizedKeysFile ${folder}/authorized_keys
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
AcceptEnv LANG LC_* PULUMI_COMMAND_STDOUT
MaxStartups 100
LogLevel ERROR
`;
}

async function untilListening(port: number, gaveUp: () => boolean): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (!(await canConnect(port))) {
    if (gaveUp() || Date.now() > deadline) throw new Error(`sshd does not listen on port ${port}`);
    await new Promise((resolve) => setTimeout(resolve, READY_POLL_MS));
  }
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("close", () => socket.destroy());
    socket.once("connect", () => socket.end());
  });
}
