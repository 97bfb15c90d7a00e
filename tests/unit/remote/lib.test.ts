import { newNode, type RunOptions, type RunResult, type TestNode } from "./harness/node";

let node: TestNode;

beforeEach(() => {
  node = newNode();
});

/** Runs `script` as a phase called `probe` that has sourced the library. */
function probe(script: string, words: readonly string[] = [], options: RunOptions = {}): RunResult {
  const phase = ["set -euo pipefail", "source /usr/local/lib/etcd-node/lib.sh", script].join("\n");
  node.write("/tmp/probe.sh", `${phase}\n`);
  return node.run(["bash", "/tmp/probe.sh", ...words], options);
}

describe("options", () => {
  const parse = (...words: string[]) =>
    probe('OPTIONS="name ip"; parse_options "$@"; echo "$' + "{OPT[name]}|$" + '{OPT[ip]}"', words);

  test("are taken by name, in any order, with any value", () => {
    expect(parse("--ip", "--x y", "--name", "")).toEqual({ code: 0, stdout: "|--x y\n", stderr: "" });
  });

  test.each([
    ["an unknown one", ["--nam", "a"], "unknown option --nam; known: name ip"],
    ["one without a value", ["--ip", "a", "--name"], "option --name has no value"],
    ["a missing one", ["--name", "a"], "option --ip is missing"],
  ])("%s is refused by its name", (_what, words, message) => {
    expect(parse(...words)).toEqual({
      code: 1,
      stdout: "",
      stderr: `etcd-node: controller-0: probe: ERROR OPTIONS_MISMATCH: ${message}\n`,
    });
  });
});

describe("what a command prints", () => {
  const heard = (command: string, bytes = 100) =>
    probe(`s=0; heard ${bytes} ${command} || s=$?; printf '%s|%q' "$s" "$HEARD"`).stdout;

  test.each([
    ["nothing", "true", "0|''"],
    ["nothing, and it fails", "false", "1|''"],
    ["lines, the last one as it ends", "printf 'a\\n b\\n\\n'", "0|$'a\\n b\\n\\n'"],
    ["without zero bytes", "printf 'a\\0b'", "0|ab"],
    ["and its own exit status", "bash -c 'echo a; exit 124'", "124|$'a\\n'"],
    ["until it is killed", "bash -c 'echo a; kill -KILL $$'", "137|$'a\\n'"],
    ["though it is none", "no-such-command", "127|''"],
    ["as much as may be", `printf '%0100d' 0`, `0|${"0".repeat(100)}`],
    ["more than may be, which fails", `printf '%0101d' 0`, `1|${"0".repeat(100)}`],
    ["without an end, which fails", "yes", `1|$'${"y\\n".repeat(50)}'`],
  ])("%s", (_what, command, expected) => {
    expect(heard(command)).toBe(expected);
  });

  test("nothing, which fails, where no process can be started for it, or its own shell is killed", () => {
    expect(heard("true", 100)).toBe("0|''");
    expect(probe("HEARD=old; ulimit -n 4; heard 9 true && echo passed; echo $HEARD").stdout).toBe("\n");
    expect(heard("eval 'kill -KILL $BASHPID'")).toBe("137|''");
  });

  test("with the right status every time", () => {
    const { stdout } = probe("for i in {1..300}; do heard 9 true && ! heard 9 false || echo $i; done");
    expect(stdout).toBe("");
  });
});

describe("the lock", () => {
  const HOLD = (seconds: number) =>
    `mkdir -p /run/etcd-node; flock /run/etcd-node/lock sh -c 'touch /tmp/held; command sleep ${seconds}; echo released >>/tmp/order' & until [ -e /tmp/held ]; do :; done`;

  test("makes a second phase wait for the first", () => {
    const run = probe(`${HOLD(1)}\ntake_lock; echo taken >>/tmp/order`);
    expect(run).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(node.read("/tmp/order")).toBe("released\ntaken\n");
  });

  test("fails the second phase, naming the lock, when the first does not end", () => {
    const impatient = 'flock() { command flock --wait 0.2 "$3"; }';
    const run = probe(`${HOLD(30)}\n${impatient}\ntake_lock; echo taken`);
    expect(run).toEqual({
      code: 1,
      stdout: "",
      stderr:
        "etcd-node: controller-0: probe: ERROR NODE_BUSY: another phase has held the node's lock for 300 s; " +
        "look at 'fuser /run/etcd-node/lock'\n",
    });
  });

  test("is one that root alone may open: whoever reads it could hold it for good", () => {
    expect(probe("take_lock").code).toBe(0);
    expect(node.permissions("/run/etcd-node/lock")).toMatch(/^0600 /);
  });

  test("ends with the phase that held it", () => {
    expect(probe("take_lock").code).toBe(0);
    expect(probe("flock() { command flock --wait 0.2 9; }; take_lock").code).toBe(0);
  });
});

describe("write_file", () => {
  test("writes stdin with the mode that it is given, and leaves nothing else", () => {
    expect(probe("write_file /etc/x/file 0640", [], { stdin: "new\n" }).code).toBe(0);
    expect(node.read("/etc/x/file")).toBe("new\n");
    expect(node.permissions("/etc/x/file")).toBe("0640 root:root");
    expect(node.list("/etc/x")).toEqual(["file"]);
  });

  test("keeps the old file when it is killed in the middle of writing", () => {
    node.write("/etc/x/file", "old\n");
    const { code } = probe("{ echo half; kill -KILL $$; } | write_file /etc/x/file 0644");
    expect(code).toBe(137);
    expect(node.read("/etc/x/file")).toBe("old\n");
  });

  test.each([
    ["a file", "echo a longer text of another run >/etc/x/file.new"],
    ["a link", "ln -s /etc/x/other /etc/x/file.new"],
    ["a directory", "mkdir -p /etc/x/file.new/in"],
  ])("takes away what is at the name of the new file: %s", (_what, before) => {
    probe(`mkdir -p /etc/x; ${before}`);
    probe("write_file /etc/x/file 0640 <<<new");
    expect(node.read("/etc/x/file")).toBe("new\n");
    expect(node.permissions("/etc/x/file")).toBe("0640 root:root");
    expect(node.list("/etc/x")).toEqual(["file"]);
  });

  test("keeps the old file when there is no room, and fails", () => {
    const script = [
      "echo old >/opt/file",
      "trap 'head -c 99 /opt/file' EXIT",
      "yes | head -c 2000000 | write_file /opt/file 0644",
    ];
    expect(probe(script.join("\n"), [], { roomMib: 1 })).toMatchObject({ code: 1, stdout: "old\n" });
  });

  test.each([
    ["nothing", "</dev/null"],
    ["what cannot be read", "</opt"],
  ])("keeps the old file when it gets %s, and fails", (_what, stdin) => {
    node.write("/opt/file", "old\n");
    expect(probe(`write_file /opt/file 0644 ${stdin}`).code).toBe(1);
    expect(probe(`put_file /opt/file ${stdin}`).code).toBe(1);
    expect(node.read("/opt/file")).toBe("old\n");
  });

  test("keeps a text of several reads and any bytes but zero", () => {
    const text = `${"Zeile \u00e4\u2713\t\\n\n".repeat(20_000)}\n\n  end`;
    probe("write_file /opt/file 0644", [], { stdin: text });
    expect(node.read("/opt/file")).toBe(text);
  });

  test("has the content on disk and the mode set before the file gets its name", () => {
    probe("write_file /etc/file 0600", [], { stdin: "x", spyOnAll: true });
    const calls = node.calls(/^(chmod|sync|mv) /);
    expect(calls).toEqual([
      "chmod 0600 /etc/file.new",
      "sync /etc/file.new",
      "mv -f /etc/file.new /etc/file",
    ]);
  });
});

test("put_file writes what is other, and says whether it was", () => {
  const put = (text: string) =>
    probe('put_file /opt/file; echo "other: $IS_OTHER"', [], { stdin: text, spyOnAll: true }).stdout;
  expect([put("a\n"), put("a\n"), put("a"), put("a\n\n"), put("b\n")].map((said) => said.trim())).toEqual([
    "other: yes",
    "other:",
    "other:",
    "other: yes",
    "other: yes",
  ]);
  expect(node.read("/opt/file")).toBe("b\n");
  node.write("/opt/file", "");
  expect(put("b\n").trim()).toBe("other: yes");
});
