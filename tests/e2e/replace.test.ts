import { ENGINE_RANGE, makeBastion } from "./harness/bastion";
import { CLIENTS_MAY_REACH, Cluster, controllers, SEED_IDS } from "./harness/cluster";
import { untilWell } from "./harness/faults";
import { Lab } from "./harness/lab";
import { expectNothingLost, startClients } from "./harness/watched";
import type { Workload } from "./harness/workload";

const HOSTS = controllers(3);
const ZONES = ["us-west1-a", "us-west1-b", "us-west1-c"];

const lab = new Lab();
const cluster = new Cluster(lab);
let clients: Workload;

beforeAll(async () => {
  await lab.boot();
  await lab.mustUp({ ...CLIENTS_MAY_REACH, sshReach: "external", "sshSourceRanges[0]": ENGINE_RANGE });
  clients = await startClients(lab);
});
afterAll(() => lab.down());

/** GCE's ids of the VMs: a replaced VM has another. */
async function vms(): Promise<string[]> {
  const instances = HOSTS.map((host, i) => lab.api("GET", `zones/${ZONES[i]}/instances/${host}`));
  return (await Promise.all(instances)).map((instance) => (instance as { id: string }).id);
}

test("from public addresses to internal ones and on behind a bastion: no VM is replaced, no member restarts", async () => {
  const [before, pids] = [await vms(), await cluster.pids(HOSTS)];
  expect((await lab.outputs()).externalAddresses).toHaveLength(3);
  await lab.mustUp({ sshReach: "internal" });
  expect((await lab.outputs()).externalAddresses).toEqual([]);
  const output = await lab.mustUp(await makeBastion(lab));
  expect(output).toContain("member-2-reach created");
  expect([await vms(), await cluster.pids(HOSTS)]).toEqual([before, pids]);
});

// From here on everything goes through the bastion.
test("no VM is touched while a member is down", async () => {
  await lab.must("power-off", "controller-2");
  const pids = await cluster.pids(HOSTS.slice(0, 2));
  const output = await lab.upRefused({ machineType: "e2-standard-4" });
  expect(output).toContain("https://10.240.0.12:2379 is not healthy");
  expect(output).toContain("vm-gate: ERROR MEMBER_UNHEALTHY: refused, no VM was touched");
  expect(await cluster.pids(HOSTS.slice(0, 2))).toEqual(pids);
  await lab.must("reset", "controller-2");
  await untilWell(lab, "controller-2");
});

test("another machine type stops and starts the VMs one at a time, each back before the next goes", async () => {
  const [before, pids] = [await vms(), await cluster.pids(HOSTS)];
  const output = await lab.mustUp({ machineType: "e2-standard-4" });
  expect(await vms()).toEqual(before);
  for (const [index, pid] of (await cluster.pids(HOSTS)).entries()) expect(pid).not.toBe(pids[index]);
  const order = [...output.matchAll(/(Instance controller-\d|Command member-\d-converge) updated/g)];
  expect(order.map(([, what]) => what)).toEqual(
    [0, 1, 2].flatMap((i) => [`Instance controller-${i}`, `Command member-${i}-converge`]),
  );
});

test("a new image replaces the VMs one at a time, and each member comes back with its data", async () => {
  const before = await vms();
  await lab.mustUp({ image: "projects/ubuntu-os-cloud/global/images/family/ubuntu-2204-lts" });
  for (const [index, id] of (await vms()).entries()) expect(id).not.toBe(before[index]);
  expect(Object.values(await cluster.memberIds())).toEqual(SEED_IDS);
});

test("the leader's VM is lost while the quota changes, and both succeed", async () => {
  await cluster.loseVm(await cluster.leader(HOSTS));
  await lab.mustUp({ quotaBackendBytes: "4294967296" }, "--refresh");
  expect(Object.values(await cluster.memberIds())).toEqual(SEED_IDS);
});

test("a member loses VM and data twice, and joins twice under a new ID", async () => {
  const seen = [SEED_IDS[1]];
  for (const _time of [1, 2]) {
    await cluster.loseVm("controller-1", true);
    expect(await lab.mustUp({}, "--refresh")).toContain("joined the cluster");
    const id = (await cluster.memberIds())["controller-1"];
    expect(seen).not.toContain(id);
    seen.push(id);
  }
  expect((await cluster.snapshots("controller-1")).length).toBe(1);
});

test("all VMs are lost at once, and the cluster comes back with its data", async () => {
  const before = await cluster.memberIds();
  for (const host of HOSTS) await cluster.loseVm(host);
  await lab.mustUp({}, "--refresh");
  expect(await cluster.memberIds()).toEqual(before);
});

test("nothing that was acknowledged is lost", () => expectNothingLost(clients, "VMs replaced and lost"));
