import { Cluster } from "../e2e/harness/cluster";
import { Lab } from "../e2e/harness/lab";

const lab = new Lab();
const cluster = new Cluster(lab);
const FAMILY = "projects/debian-cloud/global/images/family";

beforeAll(() => lab.boot());
afterAll(() => lab.down());

const release = (host: string) => lab.onHost(host, "sh", "-c", ". /etc/os-release && echo $VERSION_ID");

test("a cluster is created on Debian 13, and a second up changes nothing", async () => {
  await lab.mustUp({ image: `${FAMILY}/debian-13` });
  await cluster.expectMembers(3);
  expect(await release("controller-0")).toBe("13");
  expect(await lab.mustUp()).toMatch(/Resources:\n +\d+ unchanged(\n|$)/);
});

test("a member comes back after a loss of power, and the cluster grows to 5", async () => {
  await lab.must("power-off", "controller-1");
  await lab.must("reset", "controller-1");
  await lab.mustUp({ controllerCount: "5" });
  await cluster.expectMembers(5);
  expect(await release("controller-4")).toBe("13");
});

test("a lost member is recreated on Debian 13", async () => {
  await cluster.loseVm("controller-1");
  await lab.mustUp({}, "--refresh");
  await cluster.expectMembers(5);
});
