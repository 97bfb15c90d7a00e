import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Cluster, SEED_IDS } from "../e2e/harness/cluster";
import { Lab } from "../e2e/harness/lab";

// What docs/operate/killed-run.md says, by its commands, while the lab takes as long as Google to make something.

const lab = new Lab();
const cluster = new Cluster(lab);
const VM = "zones/us-west1-b/instances/controller-1";

beforeAll(() => lab.boot("--latency", "gce"));
afterAll(() => lab.down());

/** Kills the engine while the lab makes what `path` names. */
async function killWhile(what: string, path: string, ...flags: string[]): Promise<void> {
  const run = lab.startUp(...flags);
  const begun = await run.shows((output) => new RegExp(`${what} creat`).exec(output)?.[0]);
  if (!begun) {
    const { output } = await run.ended;
    // Google is still making what the run before was killed over.
    if (/resourceNotReady/.test(output)) return killWhile(what, path, ...flags);
    throw new Error(`it ended without ${what}:\n${output}`);
  }
  for (;;) {
    const { name } = (await lab.api("GET", path)) as { name?: string };
    if (name !== undefined) break;
  }
  expect(lab.cutNow()).toBe(true);
  expect((await run.ended).status).not.toBe(0);
}

test("a network that was being made: the next up cannot make it, recover takes it into the state", async () => {
  await killWhile("Network etcd-network", "global/networks/kubernetes-the-hard-way");
  expect(await lab.upRefused()).toMatch(/networks\/kubernetes-the-hard-way' already exists/);
  expect(await lab.recover()).toContain("etcd-network");
});

test("a VM that was being made, in the run after it", async () => {
  await killWhile("Instance controller-1", VM, "--refresh");
  expect(await lab.recover()).toContain("controller-1");
  const { id } = (await lab.api("GET", VM)) as { id: string };
  await lab.mustUp({}, "--refresh");
  expect(((await lab.api("GET", VM)) as { id: string }).id).toBe(id);
  expect(Object.values(await cluster.memberIds())).toEqual(SEED_IDS);
  expect(await lab.mustUp()).toMatch(/Resources:\n +\d+ unchanged(\n|$)/);
});

test("a VM that was being replaced: it takes the old one's place, and the chain goes on", async () => {
  await lab.set({ image: "projects/ubuntu-os-cloud/global/images/family/ubuntu-2204-lts" });
  const first = "zones/us-west1-a/instances/controller-0";
  const { id } = (await lab.api("GET", first)) as { id: string };
  const run = lab.startUp();
  expect(await run.shows((output) => /Instance controller-0 creat/.exec(output)?.[0])).toBeDefined();
  for (;;) {
    const now = (await lab.api("GET", first)) as { id?: string };
    if (now.id !== undefined && now.id !== id) break;
  }
  expect(lab.cutNow()).toBe(true);
  await run.ended;
  expect(await lab.recover()).toContain("controller-0");
  await lab.mustUp({}, "--refresh");
  expect(Object.values(await cluster.memberIds())).toEqual(SEED_IDS);
  expect(await lab.mustUp()).toMatch(/Resources:\n +\d+ unchanged(\n|$)/);
});

test("nothing was under way: recover changes nothing", async () => {
  expect(await lab.recover()).toEqual([]);
});

test("a stack that somebody works on is left alone: up and recover say who, and cancel frees it", async () => {
  const locks = join(lab.dir, "state/.pulumi/locks/organization/etcd-on-gce/lab");
  mkdirSync(locks, { recursive: true });
  // A live one: the lab itself clears away a dead one's.
  const lock = { pid: process.pid, username: "runner", hostname: "etcd-runner", timestamp: new Date() };
  writeFileSync(join(locks, "2d0c0f1c-0000-4000-8000-000000000000.json"), JSON.stringify(lock));
  const said = /locked by 1 lock\(s\)[\s\S]*created by runner@etcd-runner/;
  expect(await lab.upRefused()).toMatch(said);
  const file = join(lab.dir, "state.json");
  writeFileSync(file, (await lab.quietly("pulumi", "stack", "export")).stdout, { mode: 0o600 });
  expect((await lab.run("pulumi", "stack", "import", "--file", file)).output).toMatch(said);
  await lab.must("pulumi", "cancel", "--yes", "--non-interactive");
  await lab.mustUp();
});
