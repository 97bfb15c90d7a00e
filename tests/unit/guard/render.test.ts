import { judgePreview, renderMarkdown } from "../../../guard";
import type { PreviewStep } from "../../../guard/preview";
import { converge, converges, preview, sshRule, stack, step } from "./steps";

const markdown = (steps: PreviewStep[], overrides: string[] = []) =>
  renderMarkdown(judgePreview(preview(steps), overrides));

test("an unsafe run", () => {
  const steps = [0, 1].map((i) => converges(i, { version: "3.4.27" }, { version: "3.6.14" }));
  expect(markdown([stack(3), ...steps])).toBe(`<!-- etcd-preview-guard -->

### etcd preview guard: \`dev\`

⛔ **Unsafe: 1 reason to refuse.** Nothing has been changed. It would take about 2 min, 0 to 2 elections.

| setting | change | what it does |
|---|---|---|
| \`etcdVersion\` | 3.4.27 → 3.6.14 | members restart, one after the other, with more checks: docs/operate/upgrade.md |

| step | what | members | ● up ○ away | class | why | safe way |
|---:|---|---|---|---|---|---|
| 1, 2 | etcd 3.4.27 → 3.6.14 | controller-0, -1, one at a time | ○●●<br>●○● | ⛔ **rolling** | etcd 3.4.27 → 3.6.14 skips a minor: members refuse to join a cluster two minors apart | upgrade to the latest 3.5 first, and go on from there in a run of its own |

If one of these is meant, say so in the pull request's description, each by its own line:

\`\`\`
etcd-guard-allow: dev etcd-minor-skipped:3.4.27-to-3.6.14
\`\`\`

<details>
<summary>2 resources in the diff</summary>

\`\`\`diff
~ command:remote:Command member-0-converge
    create --version: 3.4.27 → 3.6.14
    update
~ command:remote:Command member-1-converge
    create --version: 3.4.27 → 3.6.14
    update
\`\`\`

</details>
`);
});

test("safe runs say how safe", () => {
  expect(markdown([stack(3)])).toContain("✅ **Safe: etcd does not notice.**");
  expect(markdown([stack(3), converges(1, {}, { config: "9" })])).toContain(
    "✅ **Safe: rolling** (controller-1).",
  );
  const disk = step("replace", "disk", "controller-1-data");
  expect(markdown([stack(3), disk], ["data-disk-replaced:controller-1"])).toContain(
    "✅ **Safe: destructive** (controller-1).",
  );
});

test("what etcd does not notice is counted, not listed, and leaves no hole in the steps", () => {
  const steps = [
    step("update", "vm", "controller-0", { diff: { labels: "update" } }),
    converges(1, {}, { config: "9" }),
  ];
  const text = markdown([stack(3), ...steps]);
  expect(text).toContain("1 more change that etcd does not notice; see the diff.");
  expect(text).toContain("| 1 | etcd configuration | controller-1 |");
});

describe("secrets planted in every place of a step", () => {
  const SECRET = "hunter2-planted";
  const inputs = {
    machineType: SECRET,
    zone: SECRET,
    size: SECRET,
    metadata: { "startup-script": SECRET },
    bootDisk: { initializeParams: { image: `projects/x/global/images/${SECRET} y`, size: SECRET } },
    sourceRanges: [SECRET],
    allows: [{ protocol: "tcp", ports: ["22"] }],
    stdin: SECRET,
  };
  const parts = {
    old: { ...inputs, zone: "us-west1-a" },
    new: inputs,
    diff: { [`labels["${SECRET} x"]`]: "update" },
    reasons: ["zone"],
  };
  const state = { outputs: { privateKeyPem: SECRET, etcdVersion: SECRET }, id: SECRET } as object;
  const steps = [
    {
      ...stack(3),
      oldState: {
        outputs: { etcdVersion: SECRET, members: [{ name: "controller-1" }], kubernetesKeyPem: SECRET },
      },
    },
    step("replace", "vm", "controller-1", { ...parts, state: state }),
    step("replace", "vm", "controller-1", parts),
    step("replace", "disk", "controller-1-data", parts),
    sshRule("update", [SECRET], { description: SECRET }),
    step("replace", "key", "etcd-pki-ca-1-key", parts),
    step("update", "bucket", "backups", parts),
    step("update", "command", "member-1-converge", {
      old: converge(1, { version: SECRET }),
      new: converge(1, { version: "3.4.27", config: SECRET, pki: SECRET }),
      diff: { create: "update" },
    }),
  ];
  const json = preview(steps, { "etcd-on-gce:etcdVersion": SECRET, "gcp:accessToken": SECRET });
  const report = judgePreview({ ...(json as object), diagnostics: [{ severity: "error", message: SECRET }] });

  it("are in neither rendering", () => {
    expect(report.refused.length).toBeGreaterThan(2);
    expect(renderMarkdown(report)).not.toContain(SECRET);
    expect(JSON.stringify(report)).not.toContain(SECRET);
  });
});

test("names cannot break out of the comment's table or fence", () => {
  const text = markdown([stack(3), step("update", "bucket", "a|b<img>`c`\n```\n@team")]);
  expect(text.split("<details>")[0]).not.toContain("<img>");
  expect(text.match(/^```/gm)).toHaveLength(2);
  expect(text).toContain("| 1 | a&#124;b&#60;img&#62;");
});

test("a long diff is cut below GitHub's limit", () => {
  const steps = Array.from({ length: 2000 }, (_, i) =>
    step("create", "bucket", `bucket-with-a-long-name-${i}`),
  );
  const report = judgePreview(preview([stack(3), ...steps]));
  expect(renderMarkdown(report)).toContain("… cut");
});
