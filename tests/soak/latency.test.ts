import { setTimeout as sleep } from "node:timers/promises";
import { SEED_IDS } from "../e2e/harness/cluster";
import { Lab } from "../e2e/harness/lab";

// Operations take as long as on Google: what an engine leaves that is killed while something is being made.

const lab = new Lab();

beforeAll(() => lab.boot("--latency", "gce"));
afterAll(() => lab.down());

const stateOf = async (path: string) =>
  (await lab.api("GET", path)) as { status?: string; error?: { code: number } };

/** Deletes what a run says exists already, as the page for the first cluster tells; returns what that was. */
async function deleteNamed(output: string): Promise<string[]> {
  const named = (pattern: RegExp) => [...output.matchAll(pattern)].map(([, name = ""]) => name);
  // IAM's own URL, seen from that of the project in the compute API, and its own words.
  const account = (id: string) =>
    `../../../../iam/v1/projects/etcd-lab/serviceAccounts/${id}@etcd-lab.iam.gserviceaccount.com`;
  const paths = new Set([
    ...named(/'projects\/etcd-lab\/(\S+)' already exists/g),
    ...named(/Service account (\S+) already exists/g).map(account),
  ]);
  for (const path of paths) {
    while (!(await stateOf(path)).error) {
      await lab.api("DELETE", path);
      await sleep(1_000);
    }
  }
  return [...paths];
}

/**
 * Kills the engine as soon as the cloud has begun to make something. A run that ends before on what an earlier
 * one has left is followed by another.
 */
async function killWhileMade(path: string): Promise<void> {
  const running = lab.startUp();
  let isOver = false;
  void running.ended.then(() => {
    isOver = true;
  });
  while ((await stateOf(path)).error && !isOver) await sleep(100);
  if (!isOver) {
    expect(lab.cutNow()).toBe(true);
    await running.ended;
    return;
  }
  const { output } = await running.ended;
  if ((await deleteNamed(output)).length === 0) throw new Error(`the up ended without ${path}:\n${output}`);
  await killWhileMade(path);
}

/** Runs `up` until nothing is left of runs that were killed. @throws Error when one fails on something else. */
async function upAtLast(): Promise<string> {
  const { status, output } = await lab.up();
  if (status === 0) return output;
  if ((await deleteNamed(output)).length === 0) throw new Error(output);
  return upAtLast();
}

test.each([
  ["the network is", "global/networks/kubernetes-the-hard-way", undefined],
  ["a VM is", "zones/us-west1-b/instances/controller-1", /PROVISIONING|STAGING/],
])(
  "killed while %s made, the next up says that it exists, and goes on when it is deleted",
  async (_, path, status) => {
    await killWhileMade(path);
    const left = await stateOf(path);
    expect(left.error).toBeUndefined();
    if (status) expect(left.status).toMatch(status);
    // What else was being made is named as well, as far as a run gets.
    let output: string;
    do {
      output = await lab.upRefused();
      if ((await deleteNamed(output)).length === 0) throw new Error(output);
    } while (
      !output.includes(`Error 409: The resource 'projects/etcd-lab/${path}' already exists, alreadyExists`)
    );
  },
);

test("with it deleted, the cluster is created", async () => {
  expect(await upAtLast()).toContain("memberList");
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
