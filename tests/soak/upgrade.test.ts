import { breakStart, repairStart } from "../e2e/harness/brokenStart";
import { CLIENTS_MAY_REACH, Cluster, controllers, SEED_IDS } from "../e2e/harness/cluster";
import { Lab } from "../e2e/harness/lab";
import { expectNothingLost, startClients } from "../e2e/harness/watched";
import type { Workload } from "../e2e/harness/workload";

const HOSTS = controllers(3);

const lab = new Lab();
const cluster = new Cluster(lab);
let clients: Workload;
let clusterId: string;

beforeAll(async () => {
  await lab.boot();
  await lab.mustUp(CLIENTS_MAY_REACH);
  clusterId = await cluster.clusterId();
});
afterAll(() => lab.down());

describe("refused before anything restarts:", () => {
  let pids: string[];
  beforeEach(async () => {
    pids = await cluster.pids(HOSTS);
  });
  afterEach(async () => {
    expect(await cluster.pids(HOSTS)).toEqual(pids);
  });

  test("a skipped minor", async () => {
    const output = await lab.upRefused({ etcdVersion: "3.6.14" });
    expect(output).toContain(
      "the cluster is at 3.4 and etcdVersion 3.6.14 skips a minor; upgrade to 3.5 first",
    );
    expect(output).toContain("refused, nothing was changed on controller-0");
  });

  test("an upgrade while a member is not healthy", async () => {
    await lab.onHost("controller-2", "pkill", "-STOP", "-x", "etcd");
    const output = await lab.upRefused({ etcdVersion: "3.4.23" });
    await lab.onHost("controller-2", "pkill", "-CONT", "-x", "etcd");
    expect(output).toMatch(
      /https:\/\/10\.240\.0\.12:2379 is not healthy|give no member list that they agree on/,
    );
  });

  test("an upgrade while an alarm is raised", async () => {
    const raise = `curl -sf --cacert /etc/etcd/ca.pem --cert /etc/etcd/kubernetes.pem --key /etc/etcd/kubernetes-key.pem -X POST -d '{"action":"ACTIVATE","memberID":"0","alarm":"NOSPACE"}' https://127.0.0.1:2379/v3/maintenance/alarm`;
    await lab.onHost("controller-1", "sh", "-c", raise);
    const output = await lab.upRefused({ etcdVersion: "3.4.23" });
    await lab.must("etcdctl", "alarm", "disarm");
    expect(output).toMatch(/an alarm is raised: .*NOSPACE/);
  });
});

test("a patch: 3.4.10 to 3.4.23, no snapshot needed", async () => {
  // Not before: while an alarm is raised, etcd takes no writes.
  clients = await startClients(lab);
  await lab.mustUp({ etcdVersion: "3.4.23" });
  expect(await cluster.versions(HOSTS)).toEqual(["3.4.23", "3.4.23", "3.4.23"]);
  expect(await cluster.snapshots("controller-0")).toEqual([]);
});

describe("an upgrade that fails at the second member", () => {
  test("stops there, with the others serving", async () => {
    await breakStart(lab, "controller-1");
    const output = await lab.upRefused({ etcdVersion: "3.5.33" });
    expect(output).toContain("the member is not healthy; nothing after it was touched");
    expect(await cluster.versions(["controller-0", "controller-2"])).toEqual(["3.5.33", "3.4.23"]);
    await lab.must("etcdctl", "put", "while-one-is-down", "yes");
    await repairStart(lab, "controller-1");
  });

  test("can go back while versions are mixed", async () => {
    await lab.mustUp({ etcdVersion: "3.4.23" });
    expect(await cluster.versions(HOSTS)).toEqual(["3.4.23", "3.4.23", "3.4.23"]);
  });

  test("goes on when it is run again, with a snapshot before each member", async () => {
    await lab.mustUp({ etcdVersion: "3.5.33" });
    expect(await cluster.versions(HOSTS)).toEqual(["3.5.33", "3.5.33", "3.5.33"]);
    for (const host of HOSTS) expect((await cluster.snapshots(host)).length).toBeGreaterThanOrEqual(1);
  });
});

test("a downgrade of a whole cluster is refused", async () => {
  const output = await lab.upRefused({ etcdVersion: "3.4.23" });
  expect(output).toContain("the cluster is at 3.5 and etcdVersion 3.4.23 is older: etcd cannot go back");
});

test("3.5.33 to 3.6.14", async () => {
  await lab.mustUp({ etcdVersion: "3.6.14" });
  expect(await cluster.versions(HOSTS)).toEqual(["3.6.14", "3.6.14", "3.6.14"]);
});

test("a setting restarts each member once; one that etcd does not know restarts none", async () => {
  const before = await cluster.pids(HOSTS);
  await lab.mustUp({ quotaBackendBytes: "4294967296" });
  const after = await cluster.pids(HOSTS);
  for (const [index, pid] of after.entries()) expect(pid).not.toBe(before[index]);
  await lab.mustUp({ "labels.team": "platform", "extraSans[0]": "api.example.com" });
  expect(await cluster.pids(HOSTS)).toEqual(after);
});

test("is the same cluster throughout, and nothing that was acknowledged is lost", async () => {
  expect(await cluster.clusterId()).toBe(clusterId);
  expect(Object.values(await cluster.memberIds())).toEqual(SEED_IDS);
  await expectNothingLost(clients, "3.4.10 to 3.6.14");
});
