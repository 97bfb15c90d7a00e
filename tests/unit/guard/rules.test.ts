import { judgePreview } from "../../../guard";
import type { PreviewStep } from "../../../guard/preview";
import { converge, converges, convergesUnknown, preview, sshRule, stack, step, wholeMember } from "./steps";

const all = [0, 1, 2];
const vmReplaced = (i: number) =>
  step("replace", "vm", `controller-${i}`, { diff: { zone: "update-replace" }, reasons: ["zone"] });
const upgrade = (from: string, to: string) =>
  all.map((i) => converges(i, { version: from }, { version: to }));
const ca = (op: string, n: number) => step(op, "ca", `etcd-pki-ca-${n}`);
const signedBy = (from: number, to: number) =>
  all.map((i) =>
    step("replace", "leaf", `etcd-pki-controller-${i}`, { signer: [from, to], reasons: ["caCertPem"] }),
  );
const trusting = (generations: number[]): PreviewStep => {
  const base = stack(3);
  const certificateExpiry = Object.fromEntries(generations.map((n) => [`ca-${n}`, "2030-01-01T00:00:00Z"]));
  return { ...base, oldState: { outputs: { ...base.oldState?.outputs, certificateExpiry } } };
};
const members = (op: string, indices: number[]) => indices.flatMap((i) => wholeMember(op, i));

/** Steps, and the findings that they must give: none, or exactly these. */
const CASES: readonly (readonly [string, PreviewStep[], string[]])[] = [
  ["one VM replaced", [stack(3), vmReplaced(1), convergesUnknown(1)], []],
  [
    "two VMs replaced",
    [stack(3), vmReplaced(0), vmReplaced(2)],
    ["several-members-down:controller-0+controller-2"],
  ],
  [
    "one VM replaced, another stopped",
    [stack(3), vmReplaced(0), step("update", "vm", "controller-1", { diff: { machineType: "update" } })],
    ["several-members-down:controller-0+controller-1"],
  ],
  [
    "metadata of every VM",
    [stack(3), ...all.map((i) => step("update", "vm", `controller-${i}`, { diff: { metadata: "update" } }))],
    [],
  ],
  [
    "public addresses added to every VM",
    [
      stack(3),
      ...all.map((i) =>
        step("update", "vm", `controller-${i}`, { diff: { "networkInterfaces[0].accessConfigs": "add" } }),
      ),
    ],
    [],
  ],
  ["one lost VM recreated", [stack(3), step("create", "vm", "controller-1"), convergesUnknown(1)], []],
  [
    "one lost VM recreated, another replaced",
    [stack(3), step("create", "vm", "controller-1"), vmReplaced(2)],
    ["several-members-down:controller-1+controller-2"],
  ],
  [
    "data disk grows",
    [stack(3), step("update", "disk", "controller-1-data", { diff: { size: "update" } })],
    [],
  ],
  [
    "data disk replaced",
    [stack(3), step("replace", "disk", "controller-1-data", { reasons: ["type"] })],
    ["data-disk-replaced:controller-1"],
  ],
  [
    "data disk deleted",
    [stack(3), step("delete", "disk", "controller-1-data")],
    ["data-disk-deleted:controller-1"],
  ],
  [
    "leftover data disk deleted",
    [stack(3), step("delete", "disk", "controller-1-data", { state: { delete: true } })],
    ["data-disk-deleted:controller-1"],
  ],
  ["next minor", [stack(3, "3.4.27"), ...upgrade("3.4.27", "3.5.33")], []],
  [
    "skipped minor",
    [stack(3, "3.4.27"), ...upgrade("3.4.27", "3.6.14")],
    ["etcd-minor-skipped:3.4.27-to-3.6.14"],
  ],
  ["patch", [stack(3, "3.4.10"), ...upgrade("3.4.10", "3.4.27")], []],
  ["minor back", [stack(3, "3.5.33"), ...upgrade("3.5.33", "3.4.27")], ["etcd-downgraded:3.5.33-to-3.4.27"]],
  ["minor back, etcd's own way", [stack(3, "3.6.14"), ...upgrade("3.6.14", "3.5.33")], []],
  [
    "minor back by two",
    [stack(3, "3.6.14"), ...upgrade("3.6.14", "3.5.26")],
    ["etcd-downgraded:3.6.14-to-3.5.26"],
  ],
  ["patch back", [stack(3, "3.4.27"), ...upgrade("3.4.27", "3.4.10")], ["etcd-downgraded:3.4.27-to-3.4.10"]],
  ["to 3.6 from the floor", [stack(3, "3.5.32"), ...upgrade("3.5.32", "3.6.14")], []],
  [
    "to 3.6 from below the floor",
    [stack(3, "3.5.26"), ...upgrade("3.5.26", "3.6.14")],
    ["etcd-upgrade-floor:3.5.26-to-3.6.14"],
  ],
  [
    "an upgrade that stopped half-way goes on",
    [
      stack(3, "3.4.27"),
      converges(1, { version: "3.4.27" }, { version: "3.5.33" }),
      converges(2, { version: "3.4.27" }, { version: "3.5.33" }),
    ],
    [],
  ],
  ["next CA trusted", [stack(3), ca("create", 2), ...all.map((i) => convergesUnknown(i))], []],
  ["next CA signs", [trusting([1, 2]), ...signedBy(1, 2)], []],
  ["next CA signs at once", [stack(3), ca("create", 2), ...signedBy(1, 2)], ["ca-active-too-early:ca-2"]],
  ["old CA dropped, no certificate changes", [trusting([1, 2]), ca("delete", 1)], []],
  ["old CA dropped after the new one signs", [trusting([1, 2]), ...signedBy(2, 2), ca("delete", 1)], []],
  [
    "CA exchanged in one run",
    [stack(3), ca("create", 2), ca("delete", 1), ...signedBy(1, 2)],
    ["ca-no-overlap:1-to-2"],
  ],
  [
    "old CA dropped while the new one starts to sign",
    [trusting([1, 2]), ca("delete", 1), ...signedBy(1, 2)],
    ["ca-no-overlap:1,2-to-2"],
  ],
  [
    "CA recreated",
    [stack(3), step("replace", "key", "etcd-pki-ca-1-key"), ca("replace", 1)],
    ["ca-swapped:ca-1"],
  ],
  ["3 to 5 controllers", [stack(3), ...members("create", [3, 4])], []],
  ["3 to 4 controllers", [stack(3), ...members("create", [3])], ["controllers-even:3-to-4"]],
  ["5 to 3 controllers", [stack(5), ...members("delete", [3, 4])], []],
  ["5 to 4 controllers", [stack(5), ...members("delete", [4])], ["controllers-even:5-to-4"]],
  ["5 to 1 controllers", [stack(5), ...members("delete", [1, 2, 3, 4])], ["quorum-shrunk:5-to-1"]],
  ["founders unchanged", [stack(3), step("same", "stash", "etcd-founders")], []],
  [
    "founders replaced",
    [stack(3), step("replace", "stash", "etcd-founders")],
    ["founders-changed:etcd-founders"],
  ],
  [
    "founders deleted",
    [stack(3), step("delete", "stash", "etcd-founders")],
    ["founders-changed:etcd-founders"],
  ],
  [
    "several at once",
    [
      stack(3),
      step("replace", "disk", "controller-0-data"),
      vmReplaced(1),
      sshRule("update", ["0.0.0.0/0"]),
      ...upgrade("3.4.27", "3.6.14"),
    ],
    [
      "several-members-down:controller-0+controller-1",
      "data-disk-replaced:controller-0",
      "etcd-minor-skipped:3.4.27-to-3.6.14",
      "open-to-world:etcd-network-ssh@0.0.0.0/0",
    ],
  ],
];

test.each(CASES)("%s", (_, steps, expected) => {
  const report = judgePreview(preview(steps));
  expect(report.refused.map((finding) => `${finding.rule}:${finding.subject}`)).toEqual(expected);
  expect(report.exitCode).toBe(expected.length === 0 ? 0 : 1);
  for (const finding of report.refused) {
    expect(finding.reason).not.toBe("");
    expect(finding.safeWay).not.toBe("");
    expect(finding.subject).not.toMatch(/\s/);
  }
});

describe("the version of a command that only `up` will know", () => {
  const steps = [stack(3), vmReplaced(1), convergesUnknown(1)];
  const rulesOf = (json: unknown) => judgePreview(json).refused.map(({ rule }) => rule);

  it("is read from the settings", () => {
    expect(rulesOf(preview(steps, { "etcd-on-gce:etcdVersion": "3.6.14" }))).toEqual(["etcd-minor-skipped"]);
  });

  it("is refused when the settings hide it", () => {
    expect(rulesOf(preview(steps, { "etcd-on-gce:etcdVersion": "[secret]" }))).toEqual([
      "etcd-version-hidden",
    ]);
  });
});

test("a protected replacement that the engine reports as an error is named, and its text is not", () => {
  const json = preview([stack(3)]) as { diagnostics: unknown[] };
  const urn = step("same", "disk", "controller-1-data").urn;
  json.diagnostics = [{ urn, severity: "error", message: "unable to replace: it is marked for protection" }];
  const report = judgePreview(json);
  expect(report.refused.map(({ rule, subject }) => [rule, subject])).toEqual([
    ["protected-deleted", "controller-1-data"],
  ]);
  expect(report).toMatchObject({ verdict: "unsafe", exitCode: 1, previewErrors: 1 });
});

test("a member's converge command in the fixtures is the program's", () => {
  expect(converge(1).create).toMatch(/ \\\n {2}--version 3\.4\.27 \\\n {2}--members controller-0=https:/);
});
