import type { Duplex } from "node:stream";
import { Client } from "ssh2";
import type { SshEndpoint } from "../core/contract/outputs";
import type { DeclaredMember } from "./declared";

const READY_MS = 15_000;
/** The longest report that is read, in bytes; an honest one has some thousands. */
const MAX_REPORT = 1_048_576;

/** A script run by root on a node. */
export interface RemoteRun {
  readonly stdout: string;
  readonly status: number;
}

/**
 * Runs a bash script, sent on stdin, as root on a member's node, through the bastion if there is one.
 *
 * @throws Error saying which host could not be reached and why; also for a host key other than the pinned one,
 *   and for a host that does not stop talking.
 */
export async function runOnNode(
  { ssh }: DeclaredMember,
  script: string,
  limitMs: number,
): Promise<RemoteRun> {
  const outer = ssh.bastion ? await connect(ssh.bastion) : undefined;
  try {
    const through = outer ? await forward(outer, ssh) : undefined;
    const client = await connect(ssh, through);
    try {
      return await execute(client, script, limitMs);
    } finally {
      client.end();
    }
  } finally {
    outer?.end();
  }
}

function connect(endpoint: SshEndpoint, sock?: Duplex): Promise<Client> {
  const { host, port, user, privateKey, hostKey } = endpoint;
  const pinned = hostKey.split(" ")[1];
  return new Promise((resolve, reject) => {
    const client = new Client();
    let isOther = false;
    client.once("ready", () => resolve(client));
    client.on("error", (error) =>
      reject(
        new Error(
          isOther ? `${host} shows a host key that is not the pinned one` : `${host}: ${error.message}`,
        ),
      ),
    );
    client.connect({
      host,
      port,
      username: user,
      privateKey,
      readyTimeout: READY_MS,
      ...(sock ? { sock } : {}),
      hostVerifier: (key: Buffer) => {
        isOther = key.toString("base64") !== pinned;
        return !isOther;
      },
    });
  });
}

function forward(outer: Client, { host, port }: SshEndpoint): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    outer.forwardOut("127.0.0.1", 0, host, port, (error, channel) => {
      if (error) reject(new Error(`${host}, from the bastion: ${error.message}`));
      else resolve(channel);
    });
  });
}

function execute(client: Client, script: string, limitMs: number): Promise<RemoteRun> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer after ${limitMs / 1000} s`)), limitMs);
    client.exec("sudo bash -s", (error, channel) => {
      if (error) {
        clearTimeout(timer);
        reject(error);
        return;
      }
      const parts: Buffer[] = [];
      let bytes = 0;
      channel.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= MAX_REPORT) {
          parts.push(chunk);
          return;
        }
        clearTimeout(timer);
        channel.close();
        reject(new Error(`it answers with more than ${MAX_REPORT} bytes`));
      });
      channel.stderr.resume();
      channel.on("close", (status: number | undefined) => {
        clearTimeout(timer);
        resolve({ stdout: Buffer.concat(parts).toString(), status: status ?? 1 });
      });
      channel.end(script);
    });
  });
}
