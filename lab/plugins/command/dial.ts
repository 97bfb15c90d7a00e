import type { Duplex } from "node:stream";
import { Client, utils } from "ssh2";
import type { Connection, Endpoint } from "./connection";
import { parseHostKey } from "./hostKey";

/** The waits of the official plugin's retry loop: 10 attempts take about 11 s, 60 about 4.4 minutes. */
const BACKOFF = { firstMs: 100, factor: 1.5, maxMs: 5_000 };

/** An SSH session's client and, behind a proxy, the client that carries it. */
export interface Dialled {
  readonly client: Client;
  close(): void;
}

/**
 * Connects with the official plugin's retries: every failure counts, authentication and host key included,
 * until `dialErrorLimit` attempts have failed.
 */
export async function dial(connection: Connection, signal: AbortSignal): Promise<Dialled> {
  const proxy = connection.proxy;
  if (!proxy) return asDialled([await dialOne(connection, undefined, signal)]);
  const outer = await dialOne(proxy, undefined, signal);
  try {
    const inner = await dialOne(connection, () => forward(outer, connection), signal);
    return asDialled([outer, inner]);
  } catch (error) {
    outer.end();
    throw error;
  }
}

function asDialled(clients: [Client, ...Client[]]): Dialled {
  const last = clients[clients.length - 1] as Client;
  return {
    client: last,
    close: () => {
      for (const client of [...clients].reverse()) client.end();
    },
  };
}

async function dialOne(
  endpoint: Endpoint,
  through: (() => Promise<Duplex>) | undefined,
  signal: AbortSignal,
): Promise<Client> {
  const hostKey = endpoint.hostKey ? parseHostKey(endpoint.hostKey) : undefined;
  if (endpoint.privateKey !== undefined) checkPrivateKey(endpoint.privateKey, endpoint.privateKeyPassword);
  let wait = BACKOFF.firstMs;
  for (let failed = 1; ; failed++) {
    try {
      return await attempt(endpoint, hostKey, await through?.());
    } catch (error) {
      if (signal.aborted) throw new Error("cancelled");
      if (endpoint.dialErrorLimit >= 0 && failed >= endpoint.dialErrorLimit) {
        throw new Error(`after ${failed} failed attempts: ${(error as Error).message}`);
      }
    }
    await sleep(wait, signal);
    wait = Math.min(wait * BACKOFF.factor, BACKOFF.maxMs);
  }
}

function checkPrivateKey(pem: string, passphrase: string | undefined): void {
  const parsed = utils.parseKey(pem, passphrase);
  if (parsed instanceof Error) throw new Error("ssh: no key found");
}

function attempt(endpoint: Endpoint, hostKey: Buffer | undefined, sock: Duplex | undefined): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    let mismatch = false;
    client.once("ready", () => {
      client.removeAllListeners("error");
      // Later errors end the running command through its channel's close.
      client.on("error", () => undefined);
      resolve(client);
    });
    client.once("error", (error: Error & { level?: string; code?: string }) => {
      client.end();
      reject(new Error(describe(error, endpoint, mismatch)));
    });
    client.connect({
      host: endpoint.host,
      port: endpoint.port,
      username: endpoint.user,
      readyTimeout: endpoint.perDialTimeout * 1000,
      hostVerifier: (key: Buffer) => {
        mismatch = hostKey !== undefined && !hostKey.equals(key);
        return !mismatch;
      },
      ...(endpoint.privateKey ? { privateKey: endpoint.privateKey } : {}),
      ...(endpoint.privateKeyPassword ? { passphrase: endpoint.privateKeyPassword } : {}),
      ...(endpoint.password ? { password: endpoint.password } : {}),
      ...(sock ? { sock } : {}),
    });
  });
}

/** The error in the words of Go's ssh and net packages. */
function describe(
  error: Error & { level?: string; code?: string },
  { host, port, perDialTimeout, password }: Endpoint,
  mismatch: boolean,
): string {
  const address = `${host}:${port}`;
  if (mismatch) return "ssh: handshake failed: ssh: host key mismatch";
  if (error.level === "client-authentication") {
    const methods = ["none", ...(password ? ["password"] : []), "publickey"].join(" ");
    return `ssh: handshake failed: ssh: unable to authenticate, attempted methods [${methods}], no supported methods remain`;
  }
  if (error.level === "client-timeout") return `dial tcp ${address}: i/o timeout (${perDialTimeout}s)`;
  if (error.code === "ECONNREFUSED") return `dial tcp ${address}: connect: connection refused`;
  if (error.code === "EHOSTUNREACH") return `dial tcp ${address}: connect: no route to host`;
  if (error.code === "ENETUNREACH") return `dial tcp ${address}: connect: network is unreachable`;
  if (error.code === "ENOTFOUND") return `dial tcp: lookup ${host}: no such host`;
  return `dial tcp ${address}: ${error.message}`;
}

function forward(outer: Client, { host, port }: Endpoint): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    outer.forwardOut("127.0.0.1", 0, host, port, (error, channel) =>
      error ? reject(error) : resolve(channel),
    );
  });
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(new Error("cancelled"));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
