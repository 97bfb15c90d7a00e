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
  await lab.mustUp({ ...CLIENTS_MAY_REACH, etcdVersion: "3.5.33", controllerCount: "1" });
  clusterId = await cluster.clusterId();
  clients = await startClients(lab);
});
afterAll(() => lab.down());

async function expectMembers(count: number): Promise<void> {
  await cluster.expectMembers(count);
  expect(await cluster.clusterId()).toBe(clusterId);
}

test("a single member serves", () => expectMembers(1));

test.each([3, 5])("grows to %i; a later member never creates the cluster", async (count) => {
  const before = await cluster.pids(["controller-0"]);
  const output = await lab.mustUp({ controllerCount: String(count) });
  await expectMembers(count);
  expect(await cluster.pids(["controller-0"])).toEqual(before);
  expect(output).not.toContain("creating the cluster");
  for (const host of controllers(count).slice(1)) {
    const journal = await lab.onHost(host, "journalctl", "-u", "etcd", "-o", "cat", "--no-pager");
    expect(journal).toContain('"initial-cluster-state":"existing"');
    expect(journal).not.toContain('"initial-cluster-state":"new"');
  }
});

test.each([3, 1])("shrinks to %i", async (count) => {
  await lab.mustUp({ controllerCount: String(count) });
  await expectMembers(count);
  const instances = (await lab.api("GET", "zones/us-west1-b/instances")) as { items?: { name: string }[] };
  expect((instances.items ?? []).map(({ name }) => name)).toEqual(count === 1 ? [] : ["controller-1"]);
});

test("nothing that was acknowledged is lost", () => expectNothingLost(clients, "1, 3, 5, 3, 1 members"));
