import { CLIENTS_MAY_REACH, Cluster } from "../e2e/harness/cluster";
import { untilWell } from "../e2e/harness/faults";
import { Lab } from "../e2e/harness/lab";
import { expectNothingLost, startClients } from "../e2e/harness/watched";
import type { Workload } from "../e2e/harness/workload";

// Without any `up`: what ended etcd goes, and etcd is back.

const VICTIM = "controller-1";
const lab = new Lab();
const cluster = new Cluster(lab);
let clients: Workload;
let clusterId: string;

beforeAll(async () => {
  await lab.boot();
  await lab.mustUp({ ...CLIENTS_MAY_REACH, etcdVersion: "3.5.33" });
  clusterId = await cluster.clusterId();
  clients = await startClients(lab);
});
afterAll(() => lab.down());

async function show(property: string): Promise<string> {
  return lab.onHost(VICTIM, "systemctl", "show", "etcd", "-p", property, "--value");
}

/** Until systemd has started etcd so many times in vain: ten was where it once gave up. */
async function untilStartedInVain(times: number): Promise<void> {
  const before = Number(await show("NRestarts"));
  for (let waited = 0; Number(await show("NRestarts")) < before + times; waited++) {
    if (waited > 150)
      throw new Error(`etcd was started ${await show("NRestarts")} times: ${await show("ActiveState")}`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

async function expectWhole(): Promise<void> {
  await untilWell(lab, VICTIM);
  await cluster.expectMembers(3);
  expect(await cluster.clusterId()).toBe(clusterId);
  await cluster.expectAsDeclared();
}

test("after a disk that was full for long", async () => {
  await lab.must("fill", VICTIM);
  // More than the log's file that is there already takes.
  const put = `head -c 1000000 /dev/urandom | base64 -w0 | ETCDCTL_API=3 etcdctl --cacert=/etc/etcd/ca.pem --cert=/etc/etcd/kubernetes.pem --key=/etc/etcd/kubernetes-key.pem --endpoints=https://127.0.0.1:2379 put big >/dev/null`;
  await lab.onHost("controller-0", "bash", "-c", `for i in $(seq 100); do ${put}; done`);
  await untilStartedInVain(12);
  expect((await lab.run("verify")).output).toMatch(/^controller-1: /m);
  await lab.must("unfill", VICTIM);
  await expectWhole();
}, 600_000);

test("after a certificate that no one could read was put right", async () => {
  const key = "/etc/etcd/pki/current/kubernetes-key.pem";
  await lab.onHost(VICTIM, "sh", "-c", `chmod 0600 ${key}; kill -9 $(pidof etcd)`);
  await untilStartedInVain(12);
  await lab.onHost(VICTIM, "chmod", "0640", key);
  await expectWhole();
}, 600_000);

test("after its peers were away for long", async () => {
  await lab.must("partition", VICTIM, "peer");
  await lab.onHost(VICTIM, "sh", "-c", "kill -9 $(pidof etcd)");
  await new Promise((resolve) => setTimeout(resolve, 30_000));
  await lab.must("heal", VICTIM);
  await expectWhole();
}, 600_000);

test("not without its data: that is refused once, and told apart", async () => {
  const before = Number(await show("NRestarts"));
  await lab.must("wipe", VICTIM);
  await new Promise((resolve) => setTimeout(resolve, 20_000));
  expect([await show("ActiveState"), await show("Result")]).toEqual(["inactive", "exec-condition"]);
  expect(Number(await show("NRestarts")) - before).toBeLessThanOrEqual(1);
  const { output } = await lab.run("verify");
  expect(output).toMatch(/controller-1: write-ahead log\n.*\n.*missing/);
  await lab.mustUp({}, "--replace", "**::member-1-install");
  await expectWhole();
}, 600_000);

test("and nothing that was acknowledged is lost", () => expectNothingLost(clients, "coming back"));
