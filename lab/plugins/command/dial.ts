import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "ssh2";
import type { Connection, Endpoint } from "./connection";
import { type Handshake, prepareHandshake } from "./handshake";
import { connectTcp } from "./tcp";

/** The waits of the official plugin's retry loop: 10 retries take about 11 s, 60 about 4.4 minutes. */
const BACKOFF = { firstMs: 100, factor: 1.5, maxMs: 5_000 };

/** An SSH session's client and, behind a proxy, the client that carries it. */
export interface OpenConnection {
  readonly client: Client;
  close(): void;
}

/**
 * Connects with the official plugin's retries: every failure counts, authentication and host key included, and
 * `dialErrorLimit` of them are followed by another attempt.
 */
export async function dial(connection: Connection, signal: AbortSignal): Promise<OpenConnection> {
  const shakeHands = await prepareHandshake(connection);
  if (!connection.proxy) {
    const client = await dialEndpoint(connection, shakeHands, signal);
    return { client, close: () => client.end() };
  }
  try {
    return await dialThrough(connection.proxy, connection, shakeHands, signal);
  } catch (error) {
    throw new Error(`proxy: ${(error as Error).message}`);
  }
}

function dialEndpoint(endpoint: Endpoint, shakeHands: Handshake, signal: AbortSignal): Promise<Client> {
  return retry(endpoint.dialErrorLimit, signal, async () => shakeHands(await connectTcp(endpoint)));
}

async function dialThrough(
  proxy: Endpoint,
  target: Endpoint,
  shakeHands: Handshake,
  signal: AbortSignal,
): Promise<OpenConnection> {
  const outer = await dialEndpoint(proxy, await prepareHandshake(proxy), signal);
  try {
    const stream = await retry(target.dialErrorLimit, signal, () => forward(outer, target));
    // The official plugin shakes hands again over the stream that failed, which is closed by then.
    let used = false;
    const client = await retry(target.dialErrorLimit, signal, () => {
      if (used) throw new Error("ssh: handshake failed: EOF");
      used = true;
      return shakeHands(stream);
    });
    const close = () => {
      client.end();
      outer.end();
    };
    return { client, close };
  } catch (error) {
    outer.end();
    throw error;
  }
}

async function retry<T>(limit: number, signal: AbortSignal, attempt: () => T | Promise<T>): Promise<T> {
  let wait = BACKOFF.firstMs;
  for (let failed = 0; ; failed++) {
    try {
      return await attempt();
    } catch (error) {
      if (limit >= 0 && failed >= limit) {
        throw new Error(`after ${failed} failed attempts: ${(error as Error).message}`);
      }
    }
    await sleep(wait, undefined, { signal }).catch(() => {
      const timedOut = (signal.reason as Error | undefined)?.name === "TimeoutError";
      throw new Error(timedOut ? "context deadline exceeded" : "context canceled");
    });
    wait = Math.min(wait * BACKOFF.factor, BACKOFF.maxMs);
  }
}

function forward(outer: Client, { host, port }: Endpoint): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    outer.forwardOut("127.0.0.1", 0, host, Math.trunc(port), (error, channel) => {
      const reason = error?.message.replace(/^\(SSH\) Channel open failure: /, "");
      if (error) reject(new Error(`ssh: rejected: connect failed (${reason})`));
      else resolve(channel);
    });
  });
}
