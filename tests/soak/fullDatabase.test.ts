import { CLIENTS_MAY_REACH, Cluster, controllers } from "../e2e/harness/cluster";
import { Lab } from "../e2e/harness/lab";
import { blocksBelow, runBlock } from "../e2e/harness/page";

// docs/operate/troubleshooting.md#alarms, by its own commands.

const [RAISE = "", SHRINK = ""] = blocksBelow("troubleshooting.md", "Alarms");
const HOSTS = controllers(3);
const SMALLEST = "67108864";

const lab = new Lab();
const cluster = new Cluster(lab);
let clusterId: string;

beforeAll(async () => {
  await lab.boot();
  await lab.mustUp({ ...CLIENTS_MAY_REACH, etcdVersion: "3.5.33", quotaBackendBytes: SMALLEST });
  clusterId = await cluster.clusterId();
});
afterAll(() => lab.down());

/** Writes under `prefix` on a controller until etcd refuses. */
async function fill(prefix: string): Promise<void> {
  const put = `head -c 1000000 /dev/urandom | base64 -w0 | ETCDCTL_API=3 etcdctl --cacert=/etc/etcd/ca.pem --cert=/etc/etcd/kubernetes.pem --key=/etc/etcd/kubernetes-key.pem --endpoints=https://127.0.0.1:2379 put ${prefix}`;
  const loop = `for i in $(seq 90); do ${put} 2>&1 || exit 0; done | tail -n1`;
  const said = await lab.onHost("controller-0", "bash", "-c", `set -o pipefail; ${loop}`);
  expect(said).toContain("mvcc: database space exceeded");
}

async function expectWrites(): Promise<void> {
  await lab.must("etcdctl", "put", "written", "again");
  expect((await lab.must("etcdctl", "alarm", "list")).stdout.trim()).toBe("");
  await cluster.expectMembers(3);
  expect(await cluster.clusterId()).toBe(clusterId);
  await cluster.expectAsDeclared();
}

test("old revisions go by the page's commands", async () => {
  await fill("same-key");
  expect((await lab.run("verify")).output).toContain("alarm:NOSPACE");
  await lab.onHost("controller-1", "bash", "-c", `set -e\n${SHRINK}`);
  await expectWrites();
}, 600_000);

test("live data that is really that large gets a larger quota by the page's commands", async () => {
  await fill("key-$i");
  await lab.onHost("controller-1", "bash", "-c", `set -e\n${SHRINK}`);
  await fill("more-$i");
  expect(await lab.upRefused({ etcdVersion: "3.6.14" })).toContain("alarm:NOSPACE");
  await lab.set({ etcdVersion: "3.5.33" });
  await runBlock(lab, RAISE);
  await expectWrites();
}, 900_000);

test("a member that loses its data joins under the alarm", async () => {
  await lab.mustUp({ quotaBackendBytes: "134217728" });
  await fill("yet-more-$i");
  await lab.must("wipe", "controller-1");
  // It joins; the alarm stays, and the run says so.
  const output = await lab.upRefused({}, "--replace", "**::member-1-converge");
  expect(output).toContain("joined the cluster");
  expect(output).toContain("etcd accepts no writes: the alarm NOSPACE is raised");
  await lab.mustUp({ quotaBackendBytes: "1073741824" });
  await expectWrites();
  for (const host of HOSTS)
    expect(await lab.onHost(host, "sh", "-c", "ls -d /mnt/disks/etcd/archive-* 2>/dev/null | wc -l")).toBe(
      "0",
    );
}, 900_000);
