import { Provider, type Resource } from "./harness/provider";
import { freePort, type SshServer, startSshServer } from "./harness/sshServer";
import { secret, UNKNOWN, unsecret, type WireMap } from "./harness/wire";

/*
 * What the recordings leave out of running commands, against a real sshd:
 * https://github.com/pulumi/pulumi-command/blob/v1.2.1/provider/pkg/provider/remote/commandController.go
 * https://github.com/pulumi/pulumi-command/blob/v1.2.1/provider/pkg/provider/remote/commandOutputs.go
 * https://github.com/pulumi/pulumi-command/blob/v1.2.1/provider/pkg/provider/remote/logging.go
 */
const COMMAND = "command:remote:Command";

let command: Provider;
let server: SshServer;

beforeAll(async () => {
  server = await startSshServer();
  command = await Provider.start("command");
});
afterAll(async () => {
  await command?.stop();
  await server?.stop();
});

describe("create prints", () => {
  const cases: [title: string, inputs: WireMap, stdout: string, stderr: string][] = [
    ["both streams", { create: "echo out; echo err >&2" }, "out", "err"],
    ["one trailing newline less", { create: "printf 'a\\n\\n'; printf 'b\\n\\n' >&2" }, "a\n", "b\n"],
    ["a text without newline as it is", { create: "printf a" }, "a", ""],
    ["a carriage return", { create: "printf 'a\\r\\n'" }, "a\r", ""],
    ["UTF-8", { create: "printf 'é…\\n'" }, "é…", ""],
    ["what stdin says", { create: "cat; echo end", stdin: "one\ntwo\n" }, "one\ntwo\nend", ""],
    ["nothing for an empty stdin", { create: "cat; echo end", stdin: "" }, "end", ""],
    ["nothing for no stdin", { create: "cat; echo end" }, "end", ""],
    ["of a large stdin all", { create: "wc -c", stdin: "x".repeat(300_000) }, "300000", ""],
    ["what a secret stdin says", { create: "cat", stdin: secret("s3cret") }, "s3cret", ""],
    ["what a secret command says", { create: secret("echo hi") }, "hi", ""],
    ["nothing for an empty command", { create: "" }, "", ""],
    ["a variable", { create: 'echo "$LC_A"', environment: { LC_A: `it's "x" $HOME` } }, `it's "x" $HOME`, ""],
    ["an empty variable", { create: 'echo "[$LC_A]"', environment: { LC_A: "" } }, "[]", ""],
    [
      "a line over 64 KiB, unlogged",
      { create: "head -c 70000 /dev/zero | tr '\\0' x", logging: "none" },
      "x".repeat(70_000),
      "",
    ],
  ];
  test.each(cases)("%s", async (_, inputs, stdout, stderr) => {
    const { outputs } = await make(inputs);
    const { connection: _connection, ...rest } = outputs;
    // Outputs are as secret as the inputs that they repeat; what was printed never is.
    expect(rest).toEqual({ ...inputs, stdout, stderr });
  });

  test("nothing more once the command's children have closed their output", async () => {
    const started = Date.now();
    const { outputs } = await make({ create: "sleep 1 & echo now" });
    expect(outputs.stdout).toBe("now");
    expect(Date.now() - started).toBeGreaterThan(900);
  });
});

describe("create fails with the command, its output and never its stdin", () => {
  const cases: [title: string, create: string, message: string][] = [
    [
      "stderr only",
      "echo why >&2; exit 7",
      'Process exited with status 7: running "echo why >&2; exit 7":\nwhy\n',
    ],
    [
      "no such command",
      "nosuchcommand 2>/dev/null",
      'Process exited with status 127: running "nosuchcommand 2>/dev/null":\n',
    ],
    [
      "a signal",
      "kill -TERM $$",
      'Process exited with status 143 from signal TERM: running "kill -TERM $$":\n',
    ],
    [
      "quotes",
      "echo '\"\\'\nexit 1",
      'Process exited with status 1: running "echo \'\\"\\\\\'\\nexit 1":\n"\\\n',
    ],
    [
      "unprintables",
      "true \u0007\u000b\u007f é\u200b; exit 1",
      'Process exited with status 1: running "true \\a\\v\\x7f é\\u200b; exit 1":\n',
    ],
  ];
  test.each(cases)("%s", async (_, create, message) => {
    await expect(make({ create, stdin: secret("s3cret") })).rejects.toThrow(new Error(message));
  });

  test("a refused variable is logged as error", async () => {
    const from = command.log.length;
    await expect(make({ create: "true", environment: { A: "1" } })).rejects.toThrow(
      new Error('could not set environment variable "A": ssh: setenv failed'),
    );
    expect(await logged(from, 1)).toEqual([
      ["error", expect.stringMatching(/^Unable to set 'A'\. This only works if/)],
    ]);
  });
});

describe("logging", () => {
  const cases: [logging: string | undefined, lines: string[]][] = [
    [undefined, ["err", "out"]],
    ["stdoutAndStderr", ["err", "out"]],
    ["stdout", ["out"]],
    ["stderr", ["err"]],
    ["none", []],
    // Check lets it pass, and then nothing is logged.
    ["loud", []],
  ];
  test.each(cases)("%s", async (logging, lines) => {
    const from = command.log.length;
    const { outputs } = await make({ create: "echo out; echo err >&2", ...(logging ? { logging } : {}) });
    expect([outputs.stdout, outputs.stderr]).toEqual(["out", "err"]);
    expect((await logged(from, lines.length)).sort()).toEqual(lines.map((line) => ["info", line]));
  });

  test("line by line, an unfinished one at the end, without carriage returns", async () => {
    const from = command.log.length;
    await make({ create: "printf 'a\\r\\n\\nb'" });
    expect((await logged(from, 3)).map(([, line]) => line).sort()).toEqual(["", "a", "b"]);
  });

  test("a line over 64 KiB never comes to a good end", async () => {
    // Its own plugin: the official one blocks here.
    const stuck = await Provider.start("command");
    const made = stuck
      .make(COMMAND, { connection: server.connection(), create: "head -c 70000 /dev/zero | tr '\\0' x" })
      .then(
        () => "created",
        () => "failed",
      );
    const waited = new Promise((resolve) => setTimeout(() => resolve("waiting"), 3_000));
    expect(await Promise.race([made, waited])).not.toBe("created");
    await stuck.stop();
    await made;
  });
});

describe("update", () => {
  let old: Resource;
  beforeAll(async () => {
    old = await make({ create: "echo first; echo problem >&2", stdin: "in" });
  });
  const cases: [title: string, inputs: WireMap, stdout: string, stderr: string][] = [
    ["runs update", { create: "echo created", update: "cat; echo updated", stdin: "in " }, "in updated", ""],
    ["or else create", { create: "echo again" }, "again", ""],
    ["or else keeps what was printed", {}, "first", "problem"],
    [
      "hands on what was printed, where sshd lets it",
      { update: 'echo "[$PULUMI_COMMAND_STDOUT][$PULUMI_COMMAND_STDERR]"' },
      "[first][]",
      "",
    ],
    [
      "hands on nothing if told so",
      { update: 'echo "[$PULUMI_COMMAND_STDOUT]"', addPreviousOutputInEnv: false },
      "[]",
      "",
    ],
  ];
  test.each(cases)("%s", async (_, inputs, stdout, stderr) => {
    const { outputs } = await command.update(COMMAND, old, await checked(inputs));
    expect([outputs.stdout, outputs.stderr]).toEqual([stdout, stderr]);
  });

  test("warns of previous output that sshd refuses", async () => {
    const from = command.log.length;
    await command.update(COMMAND, old, await checked({ create: "true" }));
    expect(await logged(from, 1)).toEqual([
      ["warning", expect.stringContaining("Unable to set 'PULUMI_COMMAND_STDERR'")],
    ]);
  });

  test("fails as create does", async () => {
    await expect(command.update(COMMAND, old, await checked({ update: "echo no; exit 4" }))).rejects.toThrow(
      new Error('Process exited with status 4: running "echo no; exit 4":\nno\n'),
    );
  });
});

describe("delete", () => {
  test("runs delete with the state's stdin and the previous output", async () => {
    const old = await make({
      create: "echo first",
      delete: 'cat; echo "$PULUMI_COMMAND_STDOUT"; exit 3',
      stdin: "in ",
    });
    await expect(command.delete(COMMAND, old)).rejects.toThrow(/: running .*:\nin first\n$/);
    const fine = { ...old, outputs: { ...old.outputs, delete: "true" } };
    await expect(command.delete(COMMAND, fine)).resolves.toBeUndefined();
  });

  test("dials only if there is something to run", async () => {
    const outputs = { ...(await checked({}, { port: await freePort() })), stdout: "", stderr: "" };
    const gone = { id: "r1", inputs: {}, outputs };
    await expect(command.delete(COMMAND, gone)).resolves.toBeUndefined();
    const deleted = command.delete(COMMAND, { ...gone, outputs: { ...outputs, delete: "true" } });
    await expect(deleted).rejects.toThrow(/connection refused$/);
  });
});

describe("without running anything", () => {
  test("a preview knows the inputs only", async () => {
    const inputs = await checked({ create: "echo out", stdin: UNKNOWN }, { port: await freePort() });
    const { outputs } = await command.create(COMMAND, inputs, { preview: true });
    expect(outputs).toEqual({ ...inputs, stdout: UNKNOWN, stderr: UNKNOWN });
    const old = { id: "r1", inputs: await checked({}), outputs: { ...inputs, stdout: "o", stderr: "e" } };
    const updated = await command.update(COMMAND, old, inputs, { preview: true });
    expect(updated.outputs).toEqual({ ...inputs, stdout: UNKNOWN, stderr: UNKNOWN });
  });

  test("a refresh changes nothing", async () => {
    const inputs = await checked({ create: "echo out" }, { port: await freePort() });
    const old = { id: "r1", inputs, outputs: { ...inputs, stdout: "out", stderr: "" } };
    expect(await command.read(COMMAND, old)).toEqual(old);
  });
});

test("the ID is the resource's name and eight digits", async () => {
  const { id, outputs } = await command.make(COMMAND, { connection: server.connection() }, "converge-0");
  expect(id).toMatch(/^converge-0[0-9a-f]{8}$/);
  expect(unsecret((unsecret(outputs.connection) as WireMap).privateKey)).toBe(server.privateKey);
});

function make(inputs: WireMap): Promise<Resource> {
  return command.make(COMMAND, { connection: server.connection(), ...inputs });
}

async function checked(inputs: WireMap, connection: WireMap = {}): Promise<WireMap> {
  return (await command.check(COMMAND, { connection: server.connection(connection), ...inputs })).inputs;
}

/** The lines logged since, once there are as many as expected or a second has gone by; none that comes late is missed. */
async function logged(from: number, expected: number): Promise<[severity: string, message: string][]> {
  const deadline = Date.now() + 1_000;
  while (command.log.length - from < expected && Date.now() < deadline) await settle();
  await settle();
  return command.log.slice(from).map(({ severity, message }) => [severity, message]);
}

function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50));
}
