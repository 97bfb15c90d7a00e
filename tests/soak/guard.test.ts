import { join, resolve } from "node:path";
import execa from "execa";
import type { Report } from "../../guard";
import { Lab } from "../e2e/harness/lab";

const ROOT = resolve(__dirname, "../..");

const lab = new Lab();

beforeAll(async () => {
  await lab.boot();
  await lab.mustUp();
});
afterAll(() => lab.down());

/** The guard's judgement of what a real preview of the existing stack says. */
async function judge(
  settings: Record<string, string>,
  allow: readonly string[] = [],
): Promise<{ status: number; report: Report | undefined; markdown: string }> {
  await lab.set(settings);
  const preview = await lab.run("pulumi", "preview", "--json", "--non-interactive");
  await lab.unset(...new Set(Object.keys(settings).map((name) => name.replace(/\[.*/, ""))));
  const guard = (...args: string[]) =>
    execa(join(ROOT, "node_modules/.bin/tsx"), [join(ROOT, "guard/main.ts"), ...args], {
      input: preview.stdout,
      reject: false,
    });
  const options = allow.flatMap((name) => ["--allow", name]);
  const { exitCode, stdout } = await guard("--format", "json", ...options);
  const { stdout: markdown } = await guard(...options);
  return { status: exitCode, report: stdout ? (JSON.parse(stdout) as Report) : undefined, markdown };
}

test.each<[string, Record<string, string>, string]>([
  ["nothing", {}, "none"],
  ["a label", { "labels.team": "etcd" }, "hot"],
  ["a range that may dial port 22", { "sshSourceRanges[0]": "198.51.100.0/24" }, "hot"],
  ["another quota", { quotaBackendBytes: "4294967296" }, "rolling"],
  ["a newer patch", { etcdVersion: "3.4.23" }, "rolling"],
  ["a CA that is trusted as well", { "caTrusted[0]": "1", "caTrusted[1]": "2" }, "rolling"],
  ["two members more", { controllerCount: "5" }, "hot"],
])("%s is safe", async (_what, settings, kind) => {
  const { status, report, markdown } = await judge(settings);
  expect([status, report?.verdict, report?.class]).toEqual([0, "safe", kind]);
  expect(markdown).toContain("✅ **Safe");
});

test.each<[string, Record<string, string>, string[]]>([
  ["a skipped minor", { etcdVersion: "3.6.14" }, ["etcd-minor-skipped"]],
  ["another machine type", { machineType: "e2-standard-4" }, ["several-members-down"]],
  [
    "another type of data disk",
    { dataDiskType: "pd-balanced" },
    ["data-disk-replaced", "several-members-down"],
  ],
  ["a CA in one step", { "caTrusted[0]": "2", caActive: "2" }, ["ca-no-overlap"]],
  ["another network", { networkName: "other" }, ["network-replaced"]],
])("%s is unsafe", async (_what, settings, rules) => {
  const { status, report, markdown } = await judge(settings);
  expect([status, report?.verdict]).toEqual([1, "unsafe"]);
  const refused = new Set(report?.refused.map(({ rule }) => rule));
  for (const rule of rules) expect(refused).toContain(rule);
  expect(markdown).toContain("⛔ **Unsafe");
  expect(markdown).toContain("etcd-guard-allow: ");
});

test("what is meant is allowed by its name", async () => {
  const machineType = { machineType: "e2-standard-4" };
  const { markdown } = await judge(machineType);
  const names = [...markdown.matchAll(/^etcd-guard-allow: lab (\S+)$/gm)].map(([, name = ""]) => name);
  expect(names).toHaveLength(1);
  expect((await judge(machineType, names)).status).toBe(0);
  expect((await judge({}, names)).status).toBe(1);
});

test("a preview that fails is judged by no one", async () => {
  expect((await judge({ controllerCount: "4" })).status).toBe(2);
});
