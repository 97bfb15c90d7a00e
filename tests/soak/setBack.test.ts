import { breakStart, repairStart } from "../e2e/harness/brokenStart";
import { CLIENTS_MAY_REACH, Cluster, controllers } from "../e2e/harness/cluster";
import { Lab } from "../e2e/harness/lab";
import { expectNothingLost, startClients } from "../e2e/harness/watched";
import type { Workload } from "../e2e/harness/workload";

/** A change of the VMs that fails half-way and is set back: the outputs of the last `up` know nothing of it. */

const HOSTS = controllers(3);
const lab = new Lab();
const cluster = new Cluster(lab);
let clients: Workload;

beforeAll(async () => {
  await lab.boot();
  await lab.mustUp({ ...CLIENTS_MAY_REACH, etcdVersion: "3.5.33" });
  clients = await startClients(lab);
});
afterAll(() => lab.down());

test("it fails at the second VM", async () => {
  await breakStart(lab, "controller-1");
  const output = await lab.upRefused({ machineType: "e2-standard-4" });
  expect(output).toContain("the member is not healthy; nothing after it was touched");
  await repairStart(lab, "controller-1");
  await lab.onHost("controller-1", "systemctl", "restart", "etcd");
  await cluster.expectMembers(3);
});

test("and goes back one VM at a time, though the settings are those of the last up", async () => {
  const output = await lab.mustUp({ machineType: "e2-standard-2" });
  const at = (event: RegExp) => output.search(event);
  expect(at(/Instance controller-1 updating/)).toBeGreaterThan(at(/Command member-0-converge updated/));
  expect(at(/Instance controller-0 updating/)).toBeGreaterThan(-1);
  await cluster.expectMembers(3);
  await cluster.expectAsDeclared();
});

test("with nothing lost, and clients served", () => expectNothingLost(clients, "set back", 30_000));

test("a VM that is as declared again chains nothing", async () => {
  expect(await lab.mustUp()).toMatch(/unchanged/);
  expect(await cluster.versions(HOSTS)).toEqual(["3.5.33", "3.5.33", "3.5.33"]);
});
