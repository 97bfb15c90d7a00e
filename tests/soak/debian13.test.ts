import { Cluster } from "../e2e/harness/cluster";
import { Lab } from "../e2e/harness/lab";

const lab = new Lab();
const cluster = new Cluster(lab);
const FAMILY = "projects/debian-cloud/global/images/family";

beforeAll(() => lab.boot());
afterAll(() => lab.down());

const release = (host: string) => lab.onHost(host, "sh", "-c", ". /etc/os-release && echo $VERSION_ID");

test("a cluster is founded on Debian 13, and a second up changes nothing", async () => {
  await lab.mustUp({ image: `${FAMILY}/debian-13`, controllerCount: "1" });
  await cluster.expectMembers(1);
  expect(await release("controller-0")).toBe("13");
  expect(await lab.mustUp()).toMatch(/Resources:\n +\d+ unchanged(\n|$)/);
});

test("grows to 3 on Debian 13, and survives a loss of power", async () => {
  await lab.mustUp({ controllerCount: "3" });
  await cluster.expectMembers(3);
  await lab.must("kill", "controller-1");
  await lab.must("reset", "controller-1");
  expect(await lab.mustUp()).toMatch(/Resources:\n +\d+ unchanged(\n|$)/);
  await cluster.expectMembers(3);
});
