import { connect, type Socket } from "node:net";
import type { Endpoint } from "./connection";

/** As Go's net package sets it on every connection: a peer that is gone is noticed in the end. */
const KEEP_ALIVE_MS = 15_000;

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connect: connection refused",
  EHOSTUNREACH: "connect: no route to host",
  ENETUNREACH: "connect: network is unreachable",
  ETIMEDOUT: "connect: connection timed out",
};

/** Opens a TCP connection within `perDialTimeout`; the errors are those of Go's net package. */
export function connectTcp({ host, port, perDialTimeout }: Endpoint): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port: Math.trunc(port),
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
    });
    socket.setNoDelay(true);
    const fail = (reason: string) => {
      clearTimeout(timer);
      socket.destroy();
      reject(new Error(reason));
    };
    const address = `${host}:${Math.trunc(port)}`;
    const timer =
      perDialTimeout > 0
        ? setTimeout(() => fail(`dial tcp ${address}: i/o timeout`), perDialTimeout * 1000)
        : undefined;
    // It stays: a later error is the SSH client's to report, which also listens.
    socket.on("error", (error: NodeJS.ErrnoException) =>
      error.code === "ENOTFOUND"
        ? fail(`dial tcp: lookup ${host}: no such host`)
        : fail(`dial tcp ${address}: ${REASONS[error.code ?? ""] ?? error.message}`),
    );
    socket.once("connect", () => {
      clearTimeout(timer);
      resolve(socket);
    });
  });
}
