import { setTimeout as sleep } from "node:timers/promises";
import { SEED_IDS } from "../e2e/harness/cluster";
import { Lab } from "../e2e/harness/lab";

// Operations take as long as on Google: what an engine leaves that is killed while something is being made.

const lab = new Lab();

beforeAll(() => lab.boot("--latency", "gce"));
afterAll(() => lab.down());

const stateOf = async (path: string) =>
  (await lab.api("GET", path)) as { status?: string; error?: { code: number } };

/** Kills the engine as soon as the cloud has begun to make something. */
async function killWhileMade(path: string): Promise<void> {
  const running = lab.startUp();
  let isOver = false;
  void running.ended.then(() => {
    isOver = true;
  });
  while ((await stateOf(path)).error) {
    if (isOver) throw new Error(`the up ended without ${path}:\n${(await running.ended).output}`);
    await sleep(100);
  }
  expect(lab.cutNow()).toBe(true);
  await running.ended;
}

test.each([
  ["the network", "global/networks/kubernetes-the-hard-way"],
  ["a data disk", "zones/us-west1-b/disks/controller-1-etcd-data"],
  ["a VM", "zones/us-west1-b/instances/controller-1"],
])(
  "killed while %s is made, the next up says that it exists, and goes on when it is gone",
  async (_, path) => {
    await killWhileMade(path);
    const left = await stateOf(path);
    expect(left.error).toBeUndefined();
    if (path.includes("/instances/")) expect(left.status).toMatch(/PROVISIONING|STAGING/);
    const output = await lab.upRefused();
    expect(output).toContain(
      `Error 409: The resource 'projects/etcd-lab/${path}' already exists, alreadyExists`,
    );
    await lab.api("DELETE", path);
    while (!(await stateOf(path)).error) await sleep(500);
  },
);

test("what it had made is found, and the cluster is founded", async () => {
  expect(await lab.mustUp()).toContain("memberList");
  const { stdout } = await lab.must("etcdctl", "member", "list");
  expect(stdout.match(/^\w+/gm)?.sort()).toEqual([...SEED_IDS].sort());
  expect(await lab.mustUp()).toMatch(/Resources:\n +\d+ unchanged(\n|$)/);
});

test("a VM that is stopped and started is seen on its way, and its host comes up later", async () => {
  const path = "zones/us-west1-c/instances/controller-2";
  await lab.api("POST", `${path}/stop`);
  expect((await stateOf(path)).status).toBe("STOPPING");
  while ((await stateOf(path)).status !== "TERMINATED") await sleep(500);
  await lab.api("POST", `${path}/start`);
  while ((await stateOf(path)).status !== "RUNNING") await sleep(500);
  expect((await lab.must("status")).output).toContain("RUNNING, its host is off");
  while ((await lab.must("status")).output.includes("its host is off")) await sleep(500);
});
