import { homedir, userInfo } from "node:os";
import { basename } from "node:path";
import { Provider } from "./harness/provider";
import { type MakeRecording, readRecordings } from "./harness/recordings";
import { freePort, type SshServer, startSshServer } from "./harness/sshServer";
import { mapStrings, secret, unsecret, type WireMap } from "./harness/wire";

const { makes, diffs, baseOf } = readRecordings("command");
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

describe("check", () => {
  test.each(makes.map((make) => [make.case, make] as const))("%s", async (_, recording) => {
    const { inputs, failures } = await command.check(recording.type, recording.inputs);
    expect(failures).toEqual(recording.failures ?? []);
    expect(inputs).toEqual(unredact(recording.checked ?? {}));
  });
});

describe("diff", () => {
  test.each(diffs.map((diff) => [`${diff.case} ${JSON.stringify(diff.change)}`, diff] as const))(
    "%s",
    async (_, recording) => {
      const base = baseOf(recording);
      const old = {
        id: base.id ?? "",
        inputs: unredact(base.checked ?? {}),
        outputs: unredact(base.created ?? {}),
      };
      const { inputs } = await command.check(recording.type, { ...base.inputs, ...recording.change });
      const { changes, diffs: properties, replaces, deleteBeforeReplace, detailed } = recording;
      const difference = await command.diff(recording.type, old, inputs);
      expect(difference).toEqual({ changes, diffs: properties, replaces, deleteBeforeReplace, detailed });
    },
  );
});

describe("create", () => {
  // The engine never creates from refused inputs.
  const created = makes.filter((make) => !make.failures);
  test.each(created.map((make) => [make.case, make] as const))("%s", async (_, recording) => {
    const news = {
      ...recording.inputs,
      connection: reachable(recording, recording.inputs.connection as WireMap),
    };
    const making = command.make(recording.type, news);
    if (recording.createError !== undefined) {
      const message = await making.then(
        () => "created",
        (error: Error) => error.message,
      );
      expect(inAnyOrder(message)).toEqual(inAnyOrder(here(recording.createError)));
      return;
    }
    const { id, outputs } = await making;
    expect(id).toMatch(/^r[0-9a-f]{8}$/);
    const connection = reachable(recording, unsecret(recording.created?.connection) as WireMap);
    const { connection: madeWith, ...rest } = outputs;
    expect(unsecret(madeWith)).toEqual({ ...connection, privateKey: secret(connection.privateKey ?? null) });
    const { connection: _recorded, ...expected } = recording.created ?? {};
    expect(mapStrings(rest, cut)).toEqual(mapStrings(expected, here));
  });
});

/** The recordings blanked private keys with the secret around them; its own schema has them secret. */
function unredact(properties: WireMap): WireMap {
  const connection = unsecret(properties.connection) as WireMap;
  return {
    ...properties,
    connection: secret({ ...connection, privateKey: secret(connection.privateKey ?? null) }),
  };
}

/** The recorded connection, led to this suite's own server: its address and keys were not kept. */
function reachable(recording: MakeRecording, connection: WireMap): WireMap {
  const keys: Readonly<Record<string, string>> = {
    "wrong user key": server.otherPrivateKey,
    "garbage private key": "nonsense",
  };
  const { hostKey, port } = connection;
  const known = hostKey !== undefined && !/host key$/.test(recording.case);
  return {
    ...connection,
    host: "127.0.0.1",
    user: server.user,
    port: port === 2222 ? closedPort : server.port,
    privateKey: keys[recording.case] ?? server.privateKey,
    ...(known ? { hostKey: server.hostKeys.ed25519 } : {}),
  };
}

/** A recorded text with this machine's names in it. */
function here(text: string): string {
  const shell = userInfo().shell ?? "";
  return text
    .replace("10.240.0.10:2222", `127.0.0.1:${closedPort}`)
    .replace("bash /bin/bash /root", `${basename(shell)} ${shell} ${homedir()}`);
}

/** sshd sends stdout and stderr as they come: which line of output is first is up to chance. */
function inAnyOrder(message: string): string[] {
  return message.split("\n").sort();
}

/** The recording kept 60 characters of a long output. */
function cut(text: string): string {
  return /^x{61,}$/.test(text) ? `${text.slice(0, 60)}…` : text;
}
