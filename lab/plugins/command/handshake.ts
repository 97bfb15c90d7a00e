import type { Duplex } from "node:stream";
import { Client, type ServerHostKeyAlgorithm } from "ssh2";
import { authentication } from "./authentication";
import type { Endpoint } from "./connection";
import { type HostKey, parseHostKey } from "./hostKey";

/** Makes an SSH connection over a stream; can be called again, with another stream. */
export type Handshake = (stream: Duplex) => Promise<Client>;

/** Reads the keys of an endpoint; what is wrong with them is found before any connection is opened. */
export async function prepareHandshake(endpoint: Endpoint): Promise<Handshake> {
  const hostKey = endpoint.hostKey === undefined ? undefined : parseHostKey(endpoint.hostKey);
  const authenticate = await authentication(endpoint);
  return (stream) => shakeHands(stream, endpoint.user, hostKey, authenticate());
}

function shakeHands(
  stream: Duplex,
  username: string,
  hostKey: HostKey | undefined,
  { handler, tried }: ReturnType<Awaited<ReturnType<typeof authentication>>>,
): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    let mismatch = false;
    let offered = "";
    const fail = (reason: string) => {
      client.end();
      stream.destroy();
      reject(new Error(`ssh: handshake failed: ${reason}`));
    };
    client.once("ready", () => {
      client.removeAllListeners("close");
      resolve(client);
    });
    // It stays: later errors end the running command through its channel's close.
    client.on("error", (error: Error & { level?: string; code?: string }) => {
      if (mismatch) fail("ssh: host key mismatch");
      else if (error.level === "client-authentication") {
        fail(
          `ssh: unable to authenticate, attempted methods [${tried.join(" ")}], no supported methods remain`,
        );
      } else fail(inGoWords(error, hostKey, offered));
    });
    client.once("close", () => fail("EOF"));
    client.connect({
      sock: stream,
      username,
      authHandler: handler,
      // As the official plugin, whose timeout is of the TCP connection: a server that says nothing is waited for.
      readyTimeout: 0,
      // ssh2 tells what the server has to offer in its trace only.
      debug: (line: string) => {
        offered = /\(remote\) Host key format: (.*)/.exec(line)?.[1]?.replaceAll(",", " ") ?? offered;
      },
      // With a pinned key, only its type will do, whichever the server prefers.
      ...(hostKey ? { algorithms: { serverHostKey: [hostKey.type as ServerHostKeyAlgorithm] } } : {}),
      hostVerifier: (blob: Buffer) => {
        mismatch = hostKey !== undefined && !hostKey.blob.equals(blob);
        return !mismatch;
      },
    });
  });
}

function inGoWords(error: Error & { code?: string }, hostKey: HostKey | undefined, offered: string): string {
  if (/no matching host key format/.test(error.message)) {
    return `ssh: no common algorithm for host key; we offered: [${hostKey?.type}], peer offered: [${offered}]`;
  }
  if (error.code === "ECONNRESET") return "read: connection reset by peer";
  return /Connection lost before handshake/.test(error.message) ? "EOF" : error.message;
}
