import { DISK, LabApi, NETWORK, notFound, prepare, SUBNETWORK } from "./labApi";

let lab: LabApi;
beforeEach(() => {
  lab = new LabApi();
});
afterEach(() => lab.close());

test.each([
  ["global", "networks", NETWORK],
  ["regions/us-west1", "subnetworks", { ...SUBNETWORK, name: "two", ipCidrRange: "10.1.0.0/24" }],
  ["zones/us-west1-c", "disks", DISK],
])("an operation in %s is found where it was answered", async (scope, collection, body) => {
  if (collection === "subnetworks") await prepare(lab);
  const answered = await lab.mutate("POST", `${scope}/${collection}`, body);
  expect(await lab.get(`${scope}/operations/${answered.name}`)).toEqual(answered);
  const elsewhere = scope === "global" ? "regions/us-west1" : "global";
  const path = `${elsewhere}/operations/${answered.name}`;
  expect(await lab.call("GET", path)).toEqual(notFound(path));
});

test("every operation is another, and names its target's id", async () => {
  await lab.mutate("POST", "global/networks", NETWORK);
  const { id } = await lab.get("global/networks/kthw");
  const [first, second] = [
    await lab.mutate("PATCH", "global/networks/kthw", { mtu: 1500 }),
    await lab.mutate("PATCH", "global/networks/kthw", { mtu: 1460 }),
  ];
  expect([first?.targetId, second?.targetId]).toEqual([id, id]);
  expect(first?.name).not.toBe(second?.name);
});

test("operations do not keep what they were about from being deleted", async () => {
  await prepare(lab, "subnetwork");
  await lab.mutate("DELETE", "regions/us-west1/subnetworks/kubernetes");
  expect((await lab.call("DELETE", "global/networks/kthw")).status).toBe(200);
});
