import { Cluster, controllers } from "../e2e/harness/cluster";
import { Lab } from "../e2e/harness/lab";

// 600 MB over links of 8 Mbit/s: longer than any fixed wait of a phase.

const lab = new Lab(2_900_000);
const cluster = new Cluster(lab);
const KEY_MB = 1;
const KEYS = 600;

beforeAll(async () => {
  await lab.boot();
  await lab.mustUp({ etcdVersion: "3.5.33" });
  const ctl =
    "ETCDCTL_API=3 etcdctl --cacert=/etc/etcd/ca.pem --cert=/etc/etcd/kubernetes.pem --key=/etc/etcd/kubernetes-key.pem --endpoints=https://127.0.0.1:2379";
  const put = `head -c ${KEY_MB}000000 /dev/urandom | ${ctl} put key-$i >/dev/null`;
  for (let from = 0; from < KEYS; from += 50)
    await lab.onHost(
      "controller-0",
      "bash",
      "-c",
      `set -e -o pipefail; for i in $(seq ${from} ${from + 49}); do ${put}; done`,
    );
  for (const host of ["controller-0", "controller-2"])
    await lab.onHost(
      host,
      "sh",
      "-c",
      "dev=$(ip -o route get 10.240.0.1 | sed 's/.* dev \\([^ ]*\\).*/\\1/'); tc qdisc add dev $dev root tbf rate 8mbit burst 64kb latency 400ms",
    );
}, 900_000);
afterAll(() => lab.down());

test("a member joins, and the phase says how far it is", async () => {
  const clusterId = await cluster.clusterId();
  await lab.must("wipe", "controller-1");
  const { status, output } = await lab.up({}, "--replace", "**::member-1-converge");
  expect([status, output]).toEqual([0, expect.stringMatching(/waiting until the snapshot of .* MiB so far/)]);
  expect(output).toMatch(/waiting until the learner has caught up: \d+ MiB received/);
  await cluster.expectMembers(3);
  expect(await cluster.clusterId()).toBe(clusterId);
}, 3_000_000);

test("it goes up a minor, and each member saves a snapshot and tries the new release on it first", async () => {
  const hosts = controllers(3);
  const output = await lab.mustUp({ etcdVersion: "3.6.14" });
  expect(output).toMatch(/waiting until the snapshot of .* MiB so far/);
  expect(await cluster.versions(hosts)).toEqual(["3.6.14", "3.6.14", "3.6.14"]);
  for (const host of hosts) {
    const size = await lab.onHost(host, "sh", "-c", "stat -c %s /mnt/disks/etcd/snapshots/*.db | tail -n 1");
    expect(Number(size)).toBeGreaterThan(KEYS * KEY_MB * 1_000_000);
  }
  const { stdout } = await lab.must("etcdctl", "get", "key-", "--prefix", "--count-only", "-w", "fields");
  expect(stdout).toContain(`"Count" : ${KEYS}`);
  await cluster.expectAsDeclared();
}, 1_800_000);
