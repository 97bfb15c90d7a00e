import { Cluster, controllers } from "../e2e/harness/cluster";
import { Lab } from "../e2e/harness/lab";
import { restore, takeSnapshot, upAfterRestore } from "../e2e/harness/restorePage";

const HOSTS = controllers(3);

const lab = new Lab();
const cluster = new Cluster(lab);
let clusterId: string;
let snapshot: string;

beforeAll(async () => {
  await lab.boot();
  await lab.mustUp({ etcdVersion: "3.5.33", sshDialErrorLimit: "5" });
  clusterId = await cluster.clusterId();
});
afterAll(() => lab.down());

test("a snapshot is taken as the page says", async () => {
  await lab.must("etcdctl", "put", "before", "the snapshot");
  snapshot = await takeSnapshot(lab);
  expect(Buffer.from(snapshot, "base64").length % 512).toBe(32);
  await lab.must("etcdctl", "put", "after", "the snapshot");
});

test("with a majority of the disks lost, up makes the machines and refuses to create a new cluster", async () => {
  for (const host of ["controller-0", "controller-1"]) await cluster.loseVm(host, true);
  const { status, output } = await lab.up({}, "--refresh");
  expect(status).not.toBe(0);
  expect(output).toMatch(/no healthy quorum to join|the member is not healthy/);
  expect(output).not.toContain("creating the cluster");
  for (const host of ["controller-0", "controller-1"]) {
    expect(await lab.onHost(host, "sh", "-c", "pidof etcd || echo none")).toBe("none");
  }
});

test("the page's commands bring the snapshot back on every controller", async () => {
  const up = await restore(lab, HOSTS, snapshot, "3.5");
  process.stderr.write(`the preview of the end of a restore:\n${await upAfterRestore(lab, up)}\n`);
});

test("the cluster is a new one, with the data of the snapshot and nothing later", async () => {
  await cluster.expectMembers(3);
  expect(await cluster.clusterId()).not.toBe(clusterId);
  const value = async (key: string) =>
    (await lab.must("etcdctl", "get", key, "--print-value-only")).stdout.trim();
  expect([await value("before"), await value("after")]).toEqual(["the snapshot", ""]);
  await cluster.expectAsDeclared();
  expect(await lab.mustUp()).toMatch(/Resources:\n +\d+ unchanged(\n|$)/);
});
