import { misbehaving } from "./harness/misbehaving";
import { Provider } from "./harness/provider";
import { makeSshKey } from "./harness/sshKey";
import { freePort, type SshServer, startSshServer } from "./harness/sshServer";
import type { WireMap } from "./harness/wire";

/*
 * How the command plugin dials, against a real sshd and servers that misbehave:
 * https://github.com/pulumi/pulumi-command/blob/v1.2.1/provider/pkg/provider/remote/connection.go
 * with the waits of
 * https://github.com/pulumi/pulumi/blob/v3.259.0/sdk/go/common/util/retry/until.go
 */
const COMMAND = "command:remote:Command";
/** An RSA host key, which the suite's sshd does not have. */
const RSA_HOST_KEY = `ssh-rsa ${Buffer.from("\0\0\0\u0007ssh-rsa\0\0\0\u0003\u0001\0\u0001\0\0\0\u0003\u0001\0\u0001", "latin1").toString("base64")}`;

let command: Provider;
let server: SshServer;
let closedPort: number;

beforeAll(async () => {
  server = await startSshServer();
  closedPort = await freePort();
  command = await Provider.start("command");
});
afterAll(async () => {
  await command?.stop();
  await server?.stop();
});

describe("a connection is made", () => {
  const cases: [title: string, connection: () => WireMap][] = [
    ["with the host key pinned", () => server.connection()],
    [
      "with a comment at the host key",
      () => server.connection({ hostKey: `${server.hostKeys.ed25519} root@host` }),
    ],
    [
      "with another of the server's host keys pinned",
      () => server.connection({ hostKey: server.hostKeys.ecdsa }),
    ],
    ["with no host key pinned, whatever the server's is", () => without("hostKey")],
    ["with a password that isn't needed", () => server.connection({ password: "p" })],
    ["through a proxy", () => server.connection({ proxy: server.connection() })],
  ];
  test.each(cases)("%s", async (_, connection) => {
    const { outputs } = await make(connection());
    expect(outputs.stdout).toBe("in");
  });
});

const MISMATCH = "ssh: handshake failed: ssh: host key mismatch";
const LOGIN = "ssh: handshake failed: ssh: unable to authenticate, attempted methods";

describe("a connection fails", () => {
  const cases: [title: string, connection: () => WireMap, message: () => string][] = [
    [
      "for another host key",
      () => server.connection({ hostKey: server.otherHostKey }),
      () => `after 0 failed attempts: ${MISMATCH}`,
    ],
    [
      "for another host key, after retries too",
      () => server.connection({ hostKey: server.otherHostKey, dialErrorLimit: 2 }),
      () => `after 2 failed attempts: ${MISMATCH}`,
    ],
    [
      "for a refused port",
      () => server.connection({ port: closedPort, dialErrorLimit: 1 }),
      () => `after 1 failed attempts: dial tcp 127.0.0.1:${closedPort}: connect: connection refused`,
    ],
    [
      "for another user key",
      () => server.connection({ privateKey: server.otherPrivateKey }),
      () => `after 0 failed attempts: ${LOGIN} [none publickey], no supported methods remain`,
    ],
    [
      "without any key",
      () => without("privateKey"),
      () => `after 0 failed attempts: ${LOGIN} [none], no supported methods remain`,
    ],
    [
      "for a password where only keys count",
      () => ({ ...without("privateKey"), password: "p" }),
      () => `after 0 failed attempts: ${LOGIN} [none], no supported methods remain`,
    ],
    [
      "for a dead agent, though there is a key",
      () => server.connection({ agentSocketPath: "/nonexistent/agent" }),
      () => "dial unix /nonexistent/agent: connect: no such file or directory",
    ],
    [
      "for an agent without a path",
      () => server.connection({ agentSocketPath: "" }),
      () => "dial unix: missing address",
    ],
    [
      "for a password of a key that has none",
      () => server.connection({ privateKeyPassword: "p" }),
      () => "ssh: key is not password protected",
    ],
    [
      "for the proxy's host key",
      () => server.connection({ proxy: server.connection({ hostKey: server.otherHostKey }) }),
      () => `proxy: after 0 failed attempts: ${MISMATCH}`,
    ],
    [
      "for the proxy's private key",
      () => server.connection({ proxy: server.connection({ privateKey: "no" }) }),
      () => "proxy: ssh: no key found",
    ],
    [
      "for the proxy's port",
      () => server.connection({ proxy: server.connection({ port: closedPort, dialErrorLimit: 1 }) }),
      () => `proxy: after 1 failed attempts: dial tcp 127.0.0.1:${closedPort}: connect: connection refused`,
    ],
    [
      "for a port that the proxy can't reach",
      () => server.connection({ port: closedPort, dialErrorLimit: 1, proxy: server.connection() }),
      () => "proxy: after 1 failed attempts: ssh: rejected: connect failed (Connection refused)",
    ],
    [
      "for another host key behind the proxy",
      () => server.connection({ hostKey: server.otherHostKey, proxy: server.connection() }),
      () => `proxy: after 0 failed attempts: ${MISMATCH}`,
    ],
    [
      "for another host key behind the proxy, whose stream is used up",
      () =>
        server.connection({ hostKey: server.otherHostKey, dialErrorLimit: 1, proxy: server.connection() }),
      () => "proxy: after 1 failed attempts: ssh: handshake failed: EOF",
    ],
  ];
  test.each(cases)("%s", async (_, connection, message) => {
    await expect(make(connection())).rejects.toThrow(new Error(message()));
  });

  test("for a host key of a type that the server hasn't", async () => {
    await expect(make(server.connection({ hostKey: RSA_HOST_KEY }))).rejects.toThrow(
      /^after 0 failed attempts: ssh: handshake failed: ssh: no common algorithm for host key; we offered: \[ssh-rsa\], peer offered: \[ssh-ed25519 ecdsa-sha2-nistp256\]$/,
    );
  });

  test("for an encrypted private key, but with its password", async () => {
    const privateKey = makeSshKey({ password: "right" }).privateKey;
    await expect(make(server.connection({ privateKey }))).rejects.toThrow(
      new Error("ssh: this private key is passphrase protected"),
    );
    await expect(make(server.connection({ privateKey, privateKeyPassword: "wrong" }))).rejects.toThrow(
      new Error("x509: decryption password incorrect"),
    );
    // A new key, that this server does not let in: it was read.
    await expect(make(server.connection({ privateKey, privateKeyPassword: "right" }))).rejects.toThrow(LOGIN);
  });
});

describe("dialErrorLimit", () => {
  const cases: [limit: number, dials: number, leastMs: number][] = [
    [0, 1, 0],
    [1, 2, 100],
    [4, 5, 812],
  ];
  test.each(cases)(
    "%d is followed by that many more dials, ever further apart",
    async (dialErrorLimit, dials, leastMs) => {
      const broken = await misbehaving((socket) => socket.end());
      const started = Date.now();
      await expect(make(server.connection({ port: broken.port, dialErrorLimit }))).rejects.toThrow(
        new Error(`after ${dialErrorLimit} failed attempts: ssh: handshake failed: EOF`),
      );
      expect(broken.dials()).toBe(dials);
      expect(Date.now() - started).toBeGreaterThanOrEqual(leastMs);
      await broken.stop();
    },
  );

  test("counts a connection that is reset", async () => {
    const broken = await misbehaving((socket) => socket.resetAndDestroy());
    await expect(make(server.connection({ port: broken.port, dialErrorLimit: 1 }))).rejects.toThrow(
      /^after 1 failed attempts: .*reset/i,
    );
    expect(broken.dials()).toBe(2);
    await broken.stop();
  });

  test("is overruled by customTimeouts", async () => {
    const inputs = await command.check(COMMAND, {
      connection: server.connection({ port: closedPort, dialErrorLimit: -1 }),
      create: "true",
    });
    const started = Date.now();
    await expect(command.create(COMMAND, inputs.inputs, { timeoutSeconds: 1 })).rejects.toThrow(
      new Error("context deadline exceeded"),
    );
    expect(Date.now() - started).toBeLessThan(3_000);
  });
});

test("perDialTimeout is of the TCP connection: a server that says nothing is waited for", async () => {
  const stuck = await Provider.start("command");
  const silent = await misbehaving(() => undefined);
  const connection = server.connection({ port: silent.port, perDialTimeout: 1, dialErrorLimit: 0 });
  const made = stuck.make(COMMAND, { connection, create: "true" }).then(
    () => "settled",
    () => "settled",
  );
  expect(await Promise.race([made, sleep(2_500).then(() => "waiting")])).toBe("waiting");
  expect(silent.dials()).toBe(1);
  await stuck.stop();
  await made;
  await silent.stop();
});

test("cancel ends the dialling, which goes on without a limit, and no running command", async () => {
  const own = await Provider.start("command");
  const broken = await misbehaving((socket) => socket.end());
  const endless = server.connection({ port: broken.port, dialErrorLimit: -1 });
  const dialling = expect(own.make(COMMAND, { connection: endless, create: "true" })).rejects.toThrow(
    new Error("context canceled"),
  );
  const running = own.make(COMMAND, { connection: server.connection(), create: "sleep 2; echo done" });
  await sleep(1_200);
  expect(broken.dials()).toBeGreaterThanOrEqual(4);
  await own.cancel();
  await dialling;
  expect((await running).outputs.stdout).toBe("done");
  await own.stop();
  await broken.stop();
});

function make(connection: WireMap) {
  return command.make(COMMAND, { connection, create: "echo in" });
}

function without(property: string): WireMap {
  const { [property]: _, ...connection } = server.connection();
  return connection;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
