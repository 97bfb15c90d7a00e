import { Lab } from "../e2e/harness/lab";

// What Google refuses, seen from `pulumi up`: each time one obstacle is removed, and the next `up` gets further.

const lab = new Lab();

beforeAll(async () => {
  await lab.boot();
  // So that there are settings to go back to.
  await lab.set({ machineType: "e2-standard-2" });
});
afterAll(() => lab.down());

const INSTANCE = "projects/etcd-lab/zones/us-west1-a/instances/controller-0";
const EXTERNAL = { sshReach: "external", "sshSourceRanges[0]": "198.51.100.0/24" };

// In the order in which an `up` comes to them, so that each is what the run fails on.
test.each<[constraint: string, words: string, settings?: Record<string, string>]>([
  [
    "iam.disableServiceAccountCreation",
    "Error 400: Service account creation is not allowed on this project.",
  ],
  [
    "compute.restrictCloudNATUsage",
    "violated for projects/etcd-lab. projects/etcd-lab/regions/us-west1/subnetworks/kubernetes is not allowed to use Cloud NAT.",
  ],
  [
    "gcp.restrictNonCmekServices",
    "violated for project etcd-lab attempting to create a resource not protected by CMEK crypto key.",
  ],
  [
    "compute.trustedImageProjects",
    "violated for project etcd-lab. Use of images from project debian-cloud is prohibited.",
  ],
  ["compute.requireOsLogin", "violated for project etcd-lab."],
  [
    "compute.vmCanIpForward",
    `violated for projects/etcd-lab. Enabling IP forwarding is not allowed for ${INSTANCE}.`,
  ],
  [
    "compute.vmExternalIpAccess",
    `violated for project 424242424242. Add instance ${INSTANCE} to the constraint to use external IP with it.`,
    EXTERNAL,
  ],
])("%s", async (constraint, words, settings = {}) => {
  const before = lab.settings();
  expect((await lab.must("policy", "deny", constraint)).output).toContain(`${constraint}: denied`);
  const output = await lab.upRefused(settings);
  const isGoogles = constraint.startsWith("iam.") ? "" : `Error 412: Constraint constraints/${constraint} `;
  expect(output).toContain(`${isGoogles}${words}`);
  await lab.must("policy", "allow", constraint);
  lab.putSettings(before);
});

test("a zone without room for the series", async () => {
  expect((await lab.must("stockout", "us-west1-b", "e2")).output).toContain("no room in us-west1-b for e2");
  const output = await lab.upRefused();
  expect(output).toContain(
    "The zone 'projects/etcd-lab/zones/us-west1-b' does not have enough resources available to fulfill the request.",
  );
  expect(await lab.api("GET", "zones/us-west1-b/instances/controller-1")).toMatchObject({
    error: { code: 404 },
  });
  expect((await lab.must("status")).output).toContain("no room in us-west1-b for e2");
  expect((await lab.must("restock", "us-west1-b")).output).toContain("everything is as usual");
  expect(await lab.mustUp()).toContain("memberList");
});

test("what no one has ends the run before a VM is touched, with what is near", async () => {
  const output = await lab.upRefused({
    machineType: "e2-standrad-4",
    image: "projects/debian-cloud/global/images/debian-12-bookwrom-v1",
  });
  expect(output).toContain("Google Cloud does not have what is set; no VM was touched:");
  expect(output).toContain("like it is projects/debian-cloud/global/images/debian-12-bookworm-v");
  expect(output).toContain(
    "in us-west1-a, us-west1-b, us-west1-c: there is none; near it are e2-standard-4,",
  );
  await lab.unset("image");
  await lab.set({ machineType: "e2-standard-2" });
  expect(await lab.api("GET", "zones/us-west1-a/instances/controller-0")).toMatchObject({
    status: "RUNNING",
  });
});

test("a VM that was stopped for a change and finds no room is started by the next up, the change taken back", async () => {
  await lab.must("stockout", "us-west1-a");
  const output = await lab.upRefused({ machineType: "e2-standard-4" });
  expect(output).toContain("'projects/etcd-lab/zones/us-west1-a' does not have enough resources");
  expect(await lab.api("GET", "zones/us-west1-a/instances/controller-0")).toMatchObject({
    status: "TERMINATED",
  });
  await lab.must("restock", "us-west1-a");
  await lab.mustUp({ machineType: "e2-standard-2" });
  expect(await lab.api("GET", "zones/us-west1-a/instances/controller-0")).toMatchObject({
    status: "RUNNING",
  });
});
