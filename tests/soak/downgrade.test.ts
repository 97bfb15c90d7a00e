import { judgePreview } from "../../guard";
import { breakStart, repairStart } from "../e2e/harness/brokenStart";
import { CLIENTS_MAY_REACH, Cluster, controllers } from "../e2e/harness/cluster";
import { Lab } from "../e2e/harness/lab";
import { expectNobodyMarked } from "../e2e/harness/membership";
import { expectNothingLost, startClients } from "../e2e/harness/watched";
import type { Workload } from "../e2e/harness/workload";

/** Back one minor by etcd's own downgrade, and up to 3.7 from a log that 3.5 has written to, while clients write. */

const HOSTS = controllers(3);
const all = (version: string) => HOSTS.map(() => version);

const lab = new Lab();
const cluster = new Cluster(lab);
let clients: Workload;
let before: Record<string, string>;

beforeAll(async () => {
  await lab.boot();
  await lab.mustUp({ ...CLIENTS_MAY_REACH, etcdVersion: "3.5.33" });
  await lab.mustUp({ etcdVersion: "3.6.14" });
  before = await cluster.memberIds();
  clients = await startClients(lab);
});
afterAll(() => lab.down());

test("two minors are refused before anything restarts", async () => {
  const pids = await cluster.pids(HOSTS);
  const output = await lab.upRefused({ etcdVersion: "3.4.23" });
  expect(output).toContain("the cluster is at 3.6 and etcdVersion 3.4.23 is older: etcd cannot go back");
  expect(await cluster.pids(HOSTS)).toEqual(pids);
});

test("the guard lets one minor pass", async () => {
  await lab.set({ etcdVersion: "3.5.33" });
  const { stdout } = await lab.run("pulumi", "preview", "--json", "--non-interactive");
  const { verdict, settings, rows } = judgePreview(JSON.parse(stdout));
  expect([verdict, settings.map(({ from, to }) => [from, to])]).toEqual(["safe", [["3.6.14", "3.5.33"]]]);
  expect(rows.filter(({ isAway }) => isAway).map(({ why }) => why.split(",")[0])).toEqual(
    HOSTS.map(() => "etcd's own downgrade"),
  );
});

describe("one that fails at the second member", () => {
  test("stops there, with the others serving", async () => {
    await breakStart(lab, "controller-1");
    const output = await lab.upRefused({ etcdVersion: "3.5.33" });
    expect(output).toContain("telling etcd that the cluster goes back to 3.5");
    expect(output).toContain("the member is not healthy; nothing after it was touched");
    expect(await cluster.versions(["controller-0", "controller-2"])).toEqual(["3.5.33", "3.6.14"]);
    await lab.must("etcdctl", "put", "while-one-is-down", "yes");
    // They do not go back all at once: the member that is left waits for the unhealthy one.
    expect(await lab.upRefused()).toContain("ERROR");
    expect(await cluster.versions(["controller-0", "controller-2"])).toEqual(["3.5.33", "3.6.14"]);
    await repairStart(lab, "controller-1");
    await lab.onHost("controller-1", "systemctl", "restart", "etcd");
  });

  test("is over when the newer minor is declared again", async () => {
    await lab.mustUp({ etcdVersion: "3.6.14" });
    expect(await cluster.versions(HOSTS)).toEqual(all("3.6.14"));
    // Cancelled by the first member, unless a leader on 3.5 has ended it already.
    const { stdout } = await lab.must("etcdctl", "endpoint", "status", "--cluster", "-w", "json");
    expect(stdout).toContain('"downgradeInfo"');
    expect(stdout).not.toContain('"enabled":true');
  });
});

test.each([
  [1, "3.5.33"],
  [2, "3.6.14"],
  [3, "3.7.3"],
  [4, "3.6.14"],
])("step %i, to %s, with every member the one that it was", async (_step, version) => {
  const output = await lab.mustUp({ etcdVersion: version });
  expect(await cluster.versions(HOSTS)).toEqual(all(version));
  expect(await cluster.memberIds()).toEqual(before);
  // Once in the cluster, and before 3.7 alone.
  expect(output.includes("every member saves a raft snapshot")).toBe(version === "3.7.3");
});

test("nothing that was acknowledged is lost, and no one is taken for removed", async () => {
  await expectNothingLost(clients, "3.6.14 to 3.5.33, up to 3.7.3, and back");
  await expectNobodyMarked(lab, HOSTS);
});
