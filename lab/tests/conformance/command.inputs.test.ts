import { Provider } from "./harness/provider";
import { secret, UNKNOWN, UNKNOWN_SECRET, type Wire, type WireMap, withoutNulls } from "./harness/wire";

/*
 * What the recordings leave out of Check. The rules are those of the official plugin's framework:
 * https://github.com/pulumi/pulumi/blob/v3.259.0/sdk/go/common/util/mapper/mapper_decode.go
 * and the properties those of
 * https://github.com/pulumi/pulumi-command/blob/v1.2.1/provider/pkg/provider/remote/connection.go
 */
const COMMAND = "command:remote:Command";
const DEFAULTS = { dialErrorLimit: 10, perDialTimeout: 15, port: 22, user: "root" };

let command: Provider;
beforeAll(async () => {
  command = await Provider.start("command");
});
afterAll(() => command?.stop());

describe("check refuses", () => {
  const cases: [title: string, news: WireMap, failures: [property: string, reason: string][]][] = [
    ["no connection", {}, [["connection", missing("connection")]]],
    ["a null connection", { connection: null }, [["connection", missing("connection")]]],
    [
      "a connection as text",
      { connection: "h" },
      [["connection", mistyped("connection", "remote.Connection", "string")]],
    ],
    [
      "a connection as list",
      { connection: [1] },
      [["connection", mistyped("connection", "remote.Connection", "[]interface {}")]],
    ],
    [
      "a null host",
      { connection: { host: null } },
      [["connection", inConnection("host: Missing required field 'host' on 'remote.Connection'")]],
    ],
    [
      "a port as text",
      connected({ port: "22" }),
      [
        [
          "connection",
          inConnection("port: Field 'port' on 'remote.Connection' must be a 'float64'; got 'string' instead"),
        ],
      ],
    ],
    [
      "a limit as text",
      connected({ dialErrorLimit: "2" }),
      [
        [
          "connection",
          inConnection(
            "dialErrorLimit: Field 'dialErrorLimit' on 'remote.Connection' must be a 'int'; got 'string' instead",
          ),
        ],
      ],
    ],
    [
      "an unknown property, even one not known yet",
      connected({ nosuch: UNKNOWN }),
      [["connection", inConnection("nosuch: Unrecognized field 'nosuch' on 'remote.Connection'")]],
    ],
    [
      "a proxy as text",
      connected({ proxy: "p" }),
      [
        [
          "connection",
          inConnection(
            "proxy: Field 'proxy' on 'remote.Connection' must be a 'remote.ProxyConnection'; got 'string' instead",
          ),
        ],
      ],
    ],
    [
      "a proxy without host",
      connected({ proxy: {} }),
      [
        [
          "connection",
          inConnection(
            "proxy: An error occurred decoding 'Connection.proxy': 1 failures decoding:\n\thost: Missing required field 'host' on 'remote.ProxyConnection'",
          ),
        ],
      ],
    ],
    [
      "an environment as list",
      { ...connected(), environment: ["A"] },
      [["environment", mistyped("environment", "map[string]string", "[]interface {}")]],
    ],
    [
      "a variable as number",
      { ...connected(), environment: { A: 1 } },
      [["environment[A] value", mistyped("environment[A] value", "string", "float64")]],
    ],
    [
      "triggers as text",
      { ...connected(), triggers: "x" },
      [["triggers", mistyped("triggers", "[]interface {}", "string")]],
    ],
    [
      "a flag as text",
      { ...connected(), addPreviousOutputInEnv: "no" },
      [["addPreviousOutputInEnv", mistyped("addPreviousOutputInEnv", "bool", "string")]],
    ],
    [
      "logging as flag",
      { ...connected(), logging: true },
      [["logging", mistyped("logging", "remote.Logging", "bool")]],
    ],
    [
      "a secret of the wrong type",
      { ...connected(), stdin: secret(5) },
      [["stdin", mistyped("stdin", "string", "float64")]],
    ],
    [
      "several at once, in the schema's order",
      { connection: {}, create: 5, delete: 7, logging: 2, stdin: 5, triggers: 1, update: 6, zeta: 1 },
      [
        ["stdin", mistyped("stdin", "string", "float64")],
        ["logging", mistyped("logging", "remote.Logging", "float64")],
        ["connection", inConnection("host: Missing required field 'host' on 'remote.Connection'")],
        ["triggers", mistyped("triggers", "[]interface {}", "float64")],
        ["create", mistyped("create", "string", "float64")],
        ["update", mistyped("update", "string", "float64")],
        ["delete", mistyped("delete", "string", "float64")],
        ["zeta", "Unrecognized field 'zeta' on 'remote.CommandInputs'"],
      ],
    ],
  ];
  test.each(cases)("%s", async (_, news, failures) => {
    const answer = await command.check(COMMAND, news);
    expect(answer.failures).toEqual(failures.map(([property, reason]) => ({ property, reason })));
    // Refused inputs come back as they were but for nulls, without defaults.
    const connection = withoutNulls(news.connection);
    expect(answer.inputs.connection).toEqual(connection === undefined ? undefined : secret(connection));
  });
});

describe("check makes of a connection", () => {
  const cases: [title: string, connection: Wire, checked: Wire][] = [
    ["one with defaults", { host: "h" }, { ...DEFAULTS, host: "h" }],
    [
      "one with secrets",
      { host: "h", password: "a", privateKey: "b", privateKeyPassword: "c" },
      {
        ...DEFAULTS,
        host: "h",
        password: secret("a"),
        privateKey: secret("b"),
        privateKeyPassword: secret("c"),
      },
    ],
    [
      "one with values not known yet",
      { host: UNKNOWN, user: UNKNOWN, hostKey: UNKNOWN },
      { ...DEFAULTS, host: UNKNOWN, user: UNKNOWN, hostKey: UNKNOWN },
    ],
    [
      "one that keeps other secrets",
      { host: secret("h"), port: secret(23) },
      { ...DEFAULTS, host: secret("h"), port: secret(23) },
    ],
    ["one without nulls", { host: "h", hostKey: null, user: null }, { ...DEFAULTS, host: "h" }],
    [
      "whole numbers, but for the port",
      { host: "h", dialErrorLimit: 2.5, perDialTimeout: 1.9, port: 22.5 },
      { ...DEFAULTS, host: "h", dialErrorLimit: 2, perDialTimeout: 1, port: 22.5 },
    ],
    [
      "one whose proxy has defaults",
      { host: "h", proxy: { host: "p", privateKey: "k" } },
      { ...DEFAULTS, host: "h", proxy: { ...DEFAULTS, host: "p", privateKey: secret("k") } },
    ],
    [
      "one whose proxy is secret",
      { host: "h", proxy: secret({ host: "p" }) },
      { ...DEFAULTS, host: "h", proxy: secret({ ...DEFAULTS, host: "p" }) },
    ],
    [
      "one whose proxy is not known yet",
      { host: "h", proxy: UNKNOWN },
      { ...DEFAULTS, host: "h", proxy: UNKNOWN },
    ],
  ];
  test.each(cases)("%s", async (_, connection, checked) => {
    expect(await command.check(COMMAND, { connection })).toEqual({
      inputs: { connection: secret(checked) },
      failures: [],
    });
    // A secret connection is not wrapped twice.
    const again = await command.check(COMMAND, { connection: secret(connection) });
    expect(again.inputs).toEqual({ connection: secret(checked) });
  });

  test("nothing while it isn't known", async () => {
    const { inputs } = await command.check(COMMAND, { connection: UNKNOWN });
    expect(inputs).toEqual({ connection: UNKNOWN_SECRET });
  });

  test("and leaves out a null property", async () => {
    const { inputs } = await command.check(COMMAND, { ...connected(), create: null, environment: null });
    expect(Object.keys(inputs)).toEqual(["connection"]);
  });
});

function connected(more: WireMap = {}): { connection: WireMap } {
  return { connection: { host: "h", ...more } };
}

function missing(property: string): string {
  return `Missing required field '${property}' on 'remote.CommandInputs'`;
}

function mistyped(property: string, type: string, got: string): string {
  return `Field '${property}' on 'remote.CommandInputs' must be a '${type}'; got '${got}' instead`;
}

function inConnection(problem: string): string {
  return `An error occurred decoding 'CommandInputs.connection': 1 failures decoding:\n\t${problem}`;
}
