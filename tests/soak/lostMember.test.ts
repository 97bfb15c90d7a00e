import { Cluster } from "../e2e/harness/cluster";
import { untilWell } from "../e2e/harness/faults";
import { Lab } from "../e2e/harness/lab";

const lab = new Lab();
const cluster = new Cluster(lab);

beforeAll(async () => {
  await lab.boot();
  const { status, output } = await lab.up();
  if (status !== 0) throw new Error(output);
});
afterAll(() => lab.down());

test("what a start was given names nothing that the next one runs as root", async () => {
  const evil = "BASH_ENV=/run/evil.sh\\nENV=/run/evil.sh\\nLD_PRELOAD=/run/evil.so\\nNODE_ROOT=/run/evil\\n";
  const plant = `echo 'touch /run/pwned' >/run/evil.sh; printf '${evil}' >/run/etcd-node/start.env`;
  await lab.onHost("controller-1", "sh", "-c", `${plant}; kill -9 $(pidof etcd)`);
  await untilWell(lab, "controller-1");
  expect(
    await lab.onHost("controller-1", "sh", "-c", "ls /run/pwned /run/etcd-node/start.env 2>&1 || true"),
  ).not.toMatch(/^\/run/m);
});

test("a member without its data refuses to start, and an unchanged up does not touch it", async () => {
  await lab.must("etcdctl", "put", "kept", "value");
  await lab.must("wipe", "controller-2");
  await new Promise((resolve) => setTimeout(resolve, 7_000));
  const journal = await lab.onHost("controller-2", "journalctl", "-u", "etcd", "-o", "cat", "--no-pager");
  expect(journal).toContain("no WAL in /var/lib/etcd and no permit: the data is gone");
  expect(await lab.onHost("controller-2", "sh", "-c", "pidof etcd || echo none")).toBe("none");
});

test("a lost VM with its data disk comes back as itself", async () => {
  const before = await cluster.memberIds();
  await cluster.loseVm("controller-1");
  // controller-2 is down since the test before, which the last phase says; nothing else is in the way.
  const { status, output } = await lab.run("pulumi", "up", "--yes", "--non-interactive", "--refresh");
  expect(status).not.toBe(0);
  expect(output).toContain("membership: ERROR MEMBER_UNHEALTHY: not healthy: controller-2;");
  const after = await cluster.memberIds();
  expect(after["controller-1"]).toBe(before["controller-1"]);
});

test("a member whose data is lost joins as a learner under a new ID, never as a new cluster", async () => {
  const before = await cluster.memberIds();
  const clusterId = await cluster.clusterId();
  // The whole machine is gone, its data disk too.
  await cluster.loseVm("controller-2", true);
  const { status, output } = await lab.run("pulumi", "up", "--yes", "--non-interactive", "--refresh");
  expect([status, output]).toEqual([0, expect.stringContaining("joined the cluster")]);
  const after = await cluster.memberIds();
  expect(Object.keys(after).sort()).toEqual(["controller-0", "controller-1", "controller-2"]);
  expect(after["controller-0"]).toBe(before["controller-0"]);
  expect(after["controller-2"]).not.toBe(before["controller-2"]);
  expect(await cluster.clusterId()).toBe(clusterId);
  const journal = await lab.onHost("controller-2", "journalctl", "-u", "etcd", "-o", "cat", "--no-pager");
  expect(journal).not.toContain('"initial-cluster-state":"new"');
  expect(journal).toContain('"initial-cluster-state":"existing"');
  const { stdout } = await lab.must("etcdctl", "get", "kept", "--print-value-only");
  expect(stdout.trim()).toBe("value");
});

test("without a quorum nothing is created and nothing is changed", async () => {
  await lab.must("power-off", "controller-0");
  await cluster.loseVm("controller-1", true);
  await lab.set({ sshDialErrorLimit: "3" });
  const { status, output } = await lab.run("pulumi", "up", "--yes", "--non-interactive", "--refresh");
  expect(status).not.toBe(0);
  expect(output).not.toContain("creating the cluster");
  expect(await lab.onHost("controller-1", "sh", "-c", "pidof etcd || echo none")).toBe("none");
});
