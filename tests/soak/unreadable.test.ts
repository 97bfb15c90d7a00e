import { Cluster } from "../e2e/harness/cluster";
import { untilWell } from "../e2e/harness/faults";
import { Lab } from "../e2e/harness/lab";

// A member that etcd cannot start on its data is told apart by verify and by converge, and what they say helps.

const VICTIM = "controller-1";
const DATA = "/mnt/disks/etcd/data/member";
const lab = new Lab();
const cluster = new Cluster(lab);
let clusterId: string;

beforeAll(async () => {
  await lab.boot();
  await lab.mustUp({ etcdVersion: "3.5.33" });
  clusterId = await cluster.clusterId();
});
afterAll(() => lab.down());

const on = (script: string) => lab.onHost(VICTIM, "bash", "-c", `set -e; ${script}`);

async function expectMendedAsTold(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 20_000));
  const { output } = await lab.run("verify");
  const [, byHand = "", flags = ""] =
    /etcd cannot start on its own data\n +fix: .*?, on controller-1: (.*); then: pulumi up (.*)/.exec(
      output,
    ) ?? [];
  if (!byHand) throw new Error(`verify does not say how:\n${output}`);
  const refused = await lab.upRefused({}, "--replace", "**::member-1-install");
  expect(refused).toContain("etcd cannot start on its own data on controller-1");
  await on(byHand.replaceAll("sudo ", ""));
  await lab.mustUp({}, ...flags.replaceAll("'", "").split(" "));
  await untilWell(lab, VICTIM);
  await cluster.expectMembers(3);
  expect(await cluster.clusterId()).toBe(clusterId);
  await cluster.expectAsDeclared();
}

test("an older copy of its disk, put back twice", async () => {
  await on(`systemctl stop etcd; cp -a ${DATA} /mnt/disks/etcd/copy; systemctl start etcd`);
  await untilWell(lab, VICTIM);
  const put =
    "ETCDCTL_API=3 etcdctl --cacert=/etc/etcd/ca.pem --cert=/etc/etcd/kubernetes.pem --key=/etc/etcd/kubernetes-key.pem --endpoints=https://127.0.0.1:2379 put key";
  await lab.onHost("controller-0", "bash", "-c", `for i in $(seq 300); do ${put} $i >/dev/null; done`);
  await on(
    `systemctl stop etcd; rm -rf ${DATA}; cp -a /mnt/disks/etcd/copy ${DATA}; echo broken >${DATA}/snap/db`,
  );
  await on("rm -rf /mnt/disks/etcd/copy; systemctl start --no-block etcd");
  await expectMendedAsTold();
});

test("a log with garbage in it", async () => {
  await on(
    `systemctl stop etcd; f=$(ls ${DATA}/wal/*.wal | head -n1); printf garbage | dd of="$f" bs=1 seek=600 conv=notrunc status=none; systemctl start --no-block etcd`,
  );
  await expectMendedAsTold();
});
