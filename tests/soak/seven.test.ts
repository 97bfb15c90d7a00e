import { CLIENTS_MAY_REACH, Cluster, controllers } from "../e2e/harness/cluster";
import { Lab } from "../e2e/harness/lab";
import { expectNothingLost, startClients } from "../e2e/harness/watched";
import type { Workload } from "../e2e/harness/workload";

const lab = new Lab();
const cluster = new Cluster(lab);
let clients: Workload;
let clusterId: string;

beforeAll(async () => {
  await lab.boot();
  await lab.mustUp({ ...CLIENTS_MAY_REACH, controllerCount: "5" });
  clusterId = await cluster.clusterId();
  clients = await startClients(lab);
});
afterAll(() => lab.down());

test("five found a cluster together", () => cluster.expectMembers(5));

test("grows to 7, one at a time, and no one who was there restarts", async () => {
  const before = await cluster.pids(controllers(5));
  await lab.mustUp({ controllerCount: "7" });
  await cluster.expectMembers(7);
  expect(await cluster.clusterId()).toBe(clusterId);
  expect(await cluster.pids(controllers(5))).toEqual(before);
});

test("a second up changes nothing", async () => {
  expect(await lab.mustUp()).toMatch(/Resources:\n +\d+ unchanged(\n|$)/);
});

test("shrinks to 5, when a member that goes leads", async () => {
  const id = (await cluster.memberIds())["controller-6"] ?? "";
  const leader = await cluster.leader(controllers(7));
  if (leader !== "controller-6") await lab.must("etcdctl", `@${leader}`, "move-leader", id);
  expect(await cluster.leader(controllers(7))).toBe("controller-6");
  await lab.mustUp({ controllerCount: "5" });
  await cluster.expectMembers(5);
  expect(await cluster.clusterId()).toBe(clusterId);
});

test("nothing that was acknowledged is lost", () => expectNothingLost(clients, "5, 7, 5 members"));
