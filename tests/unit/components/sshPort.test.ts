import { type AddressInfo, createServer, type Server } from "node:net";
import { waitForNewVm } from "../../../components/sshPort";

const HOST = "127.0.0.1";
const now = () => new Date().toISOString();
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

let server: Server;
let port: number;
let dials: number;

/** A port of this machine that is free, and the server that takes it when it listens. */
beforeEach(async () => {
  dials = 0;
  server = createServer((socket) => {
    dials++;
    socket.destroy();
  });
  await listen(0);
  ({ port } = server.address() as AddressInfo);
});
afterEach(() => close());

const listen = (at: number) => new Promise<void>((resolve) => void server.listen(at, HOST, resolve));
const close = () => new Promise((resolve) => server.close(resolve));

test("a VM that listens is dialed once", async () => {
  await waitForNewVm(HOST, now(), { port });
  expect(dials).toBe(1);
});

test("one that boots is waited for", async () => {
  await close();
  let isThere = false;
  const waiting = waitForNewVm(HOST, now(), { port }).then(() => isThere);
  await new Promise((resolve) => setTimeout(resolve, 300));
  isThere = true;
  await listen(port);
  expect(await waiting).toBe(true);
});

test("one that never listens is left to Pulumi's own dials", async () => {
  await close();
  await waitForNewVm(HOST, now(), { port, patienceMs: 300 });
});

test.each([
  ["that is no longer new", minutesAgo(11)],
  ["of which a program or a provider of an older release has not kept the time", undefined],
  ["with a time that is none", "yesterday"],
])("one %s is not dialed", async (_what, created) => {
  await waitForNewVm(HOST, created, { port });
  expect(dials).toBe(0);
});

test("the clocks of Google and of this machine may differ", async () => {
  await waitForNewVm(HOST, minutesAgo(-5), { port });
  expect(dials).toBe(1);
});
