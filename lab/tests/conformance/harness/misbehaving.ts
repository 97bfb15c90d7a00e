import { type AddressInfo, createServer, type Socket } from "node:net";

/** A TCP server on a loopback port that is no sshd, and counts how many connections it gets. */
export interface MisbehavingServer {
  readonly port: number;
  dials(): number;
  stop(): Promise<void>;
}

/** Starts a server that does this with every connection. */
export async function misbehaving(act: (socket: Socket) => void): Promise<MisbehavingServer> {
  const sockets: Socket[] = [];
  const tcp = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    act(socket);
  });
  await new Promise<void>((resolve) => tcp.listen(0, "127.0.0.1", resolve));
  const stop = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => tcp.close(resolve));
  };
  return { port: (tcp.address() as AddressInfo).port, dials: () => sockets.length, stop };
}
