import { Cluster, controllers } from "../e2e/harness/cluster";
import { Lab } from "../e2e/harness/lab";
import { expectNobodyMarked } from "../e2e/harness/membership";
import { restore, takeSnapshot, upAfterRestore } from "../e2e/harness/restorePage";

/**
 * Every change of a standing cluster, one after the other, and no client ever writes a key. What load hides, such as
 * an index that is saved with writes only, shows here.
 */

const lab = new Lab();
const cluster = new Cluster(lab);
let clusterId: string;

beforeAll(async () => {
  await lab.boot();
  await lab.mustUp();
  clusterId = await cluster.clusterId();
});
afterAll(() => lab.down());

const CHANGES: readonly { what: string; members?: number; change: () => Promise<unknown> }[] = [
  {
    what: "certificates are renewed",
    change: async () => {
      await lab.leavesEndIn(20);
      await lab.mustUp();
    },
  },
  {
    what: "a second CA is trusted",
    change: () => lab.mustUp({ "caTrusted[0]": "1", "caTrusted[1]": "2", caActive: "1" }),
  },
  { what: "it signs", change: () => lab.mustUp({ caActive: "2" }) },
  {
    what: "the first CA is gone",
    change: async () => {
      await lab.unset("caTrusted");
      await lab.mustUp({ "caTrusted[0]": "2" });
    },
  },
  { what: "the quota changes", change: () => lab.mustUp({ quotaBackendBytes: "4294967296" }) },
  { what: "the machine type changes", change: () => lab.mustUp({ machineType: "e2-standard-4" }) },
  {
    what: "a VM is lost",
    change: async () => {
      await cluster.loseVm("controller-2");
      await lab.mustUp({}, "--refresh");
    },
  },
  {
    what: "a VM is lost with its data",
    change: async () => {
      await cluster.loseVm("controller-1", true);
      await lab.mustUp({}, "--refresh");
    },
  },
  { what: "grown to five", members: 5, change: () => lab.mustUp({ controllerCount: "5" }) },
  { what: "shrunk to three", change: () => lab.mustUp({ controllerCount: "3" }) },
  { what: "a patch upgrade", change: () => lab.mustUp({ etcdVersion: "3.4.23" }) },
  { what: "upgraded to 3.5", change: () => lab.mustUp({ etcdVersion: "3.5.33" }) },
];

test.each(CHANGES)("$what", async ({ change, members = 3 }) => {
  await change();
  await expectNobodyMarked(lab, controllers(members));
  expect(await cluster.clusterId()).toBe(clusterId);
});

test("restored, with a new cluster ID", async () => {
  await upAfterRestore(lab, await restore(lab, controllers(3), await takeSnapshot(lab), "3.5"));
  await expectNobodyMarked(lab, controllers(3));
  expect(await cluster.clusterId()).not.toBe(clusterId);
});

test("upgraded to 3.6", async () => {
  const before = await cluster.memberIds();
  await lab.mustUp({ etcdVersion: "3.6.14" });
  await expectNobodyMarked(lab, controllers(3));
  expect(await cluster.memberIds()).toEqual(before);
});
