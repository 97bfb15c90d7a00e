import { Lab } from "../e2e/harness/lab";

const lab = new Lab();

beforeAll(async () => {
  await lab.boot();
  await lab.mustUp({ controllerCount: "3" }, "--policy-pack", "policy");
});
afterAll(() => lab.down());

/** What a preview with the policy pack says, with settings that are then taken back. */
async function preview(settings: Record<string, string>): Promise<{ status: number; output: string }> {
  await lab.set(settings);
  const ran = await lab.run("pulumi", "preview", "--non-interactive", "--policy-pack", "policy");
  await lab.unset(...new Set(Object.keys(settings).map((name) => name.replace(/\[.*/, ""))));
  return ran;
}

test.each<[string, Record<string, string>]>([
  ["nothing", {}],
  ["a newer patch", { etcdVersion: "3.4.23" }],
  ["the next minor", { etcdVersion: "3.5.33" }],
  ["a CA that is trusted as well", { "caTrusted[0]": "1", "caTrusted[1]": "2" }],
  ["two members more", { controllerCount: "5" }],
])("%s is safe", async (_what, settings) => {
  const { status, output } = await preview(settings);
  expect([status, output]).toEqual([0, expect.stringContaining("✅ etcd-on-gce@")]);
});

test.each<[string, Record<string, string>, string, string]>([
  ["a skipped minor", { etcdVersion: "3.6.14" }, "etcd-minor-skipped", "upgrade to the latest 3.5 first"],
  [
    "a CA in one step",
    { "caTrusted[0]": "2", caActive: "2" },
    "ca-no-overlap",
    "one step a run: caTrusted [old, new]",
  ],
  [
    "a CA that signs in the run that first trusts it",
    { "caTrusted[0]": "1", "caTrusted[1]": "2", caActive: "2" },
    "ca-active-too-early",
    "members that have not restarted yet refuse them",
  ],
])("%s is refused", async (_what, settings, rule, reason) => {
  const { status, output } = await preview(settings);
  expect(status).not.toBe(0);
  expect(output).toContain(`[mandatory]  ${rule}`);
  expect(output.replace(/\s+/g, " ")).toContain(reason);
});

test("an up is refused by its own preview, before anything is changed", async () => {
  await lab.set({ etcdVersion: "3.6.14" });
  const { status, output } = await lab.run(
    "pulumi",
    "up",
    "--yes",
    "--non-interactive",
    "--policy-pack",
    "policy",
  );
  await lab.unset("etcdVersion");
  expect(status).not.toBe(0);
  expect(output).not.toMatch(/Command \S+ updating/);
});
