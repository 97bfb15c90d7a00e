import { failure, LabApi, NETWORK, prepare } from "./labApi";

let lab: LabApi;
beforeEach(() => {
  lab = new LabApi();
});
afterEach(() => lab.close());

test.each([
  ["GET", "/compute/v1/projects/p1/global/routes"],
  ["POST", "/compute/v1/projects/p1/regions/us-west1/resourcePolicies"],
  ["PUT", "/compute/v1/projects/p1/zones/us-west1-c/disks/data-0"],
  ["GET", "/compute/v1/projects/p1/aggregated/instances"],
  ["POST", "/compute/v1/projects/p1/zones/us-west1-c/operations/operation-1/wait"],
  ["GET", "/compute/beta/projects/p1/global/networks"],
  ["POST", "/iam/v1/projects/p1/serviceAccounts/a@p1.iam.gserviceaccount.com:undelete"],
])("%s %s is not implemented, and the answer names it", async (method, path) => {
  expect(await lab.call(method, path)).toEqual(
    failure(501, "notImplemented", `the lab does not implement ${method} ${path}?alt=json`),
  );
});

test("who brings no token is refused, whatever is asked", async () => {
  const refusal = failure(
    401,
    "required",
    "Request is missing required authentication credential. Expected OAuth 2 access token.",
  );
  for (const authorization of ["", "Basic abc", "Bearer "]) {
    expect(await lab.call("GET", "global/networks", undefined, { authorization })).toEqual(refusal);
    expect(await lab.call("GET", "/compute/v1/nowhere", undefined, { authorization })).toEqual(refusal);
  }
});

test("a body that is no JSON is refused, none at all is an empty one", async () => {
  expect(await lab.call("POST", "global/networks", "{name")).toEqual(
    failure(400, "parseError", "Parse Error"),
  );
  expect(await lab.call("POST", "global/networks")).toEqual(
    failure(400, "required", "Required field 'resource.name' not specified"),
  );
});

test("a link never names the address that was asked, and a trailing slash does not matter", async () => {
  await prepare(lab, "subnetwork", "address", "disk", "instance");
  const all = await Promise.all(
    ["global/networks/", "regions/us-west1/subnetworks", "zones/us-west1-c/instances"].map((path) =>
      lab.get(path),
    ),
  );
  expect(all.map(({ items }) => (items as unknown[]).length)).toEqual([2, 2, 1]);
  const hosts = JSON.stringify(all).match(/https?:\/\/[^/"]+/g) ?? [];
  expect([...new Set(hosts)]).toEqual(["https://www.googleapis.com"]);
});

test("a restarted API answers what the one before it had answered", async () => {
  await prepare(lab, "subnetwork", "address", "disk", "instance");
  const paths = [
    "global/networks/kthw",
    "regions/us-west1/subnetworks/kubernetes",
    "regions/us-west1/addresses/controller-0",
    "zones/us-west1-c/disks/data-0",
    "zones/us-west1-c/disks/controller-0",
    "zones/us-west1-c/instances/controller-0",
  ];
  const { name } = await lab.mutate("PATCH", "global/networks/kthw", { mtu: 1500 });
  const read = () => Promise.all([...paths, `global/operations/${name}`].map((path) => lab.get(path)));
  const before = await read();
  const ids = before.map(({ id }) => String(id));
  await lab.restart();
  expect(await read()).toEqual(before);
  expect(before[0]?.mtu).toBe(1500);
  await lab.mutate("POST", "global/networks", { ...NETWORK, name: "later" });
  const later = String((await lab.get("global/networks/later")).id);
  expect(ids.every((id) => BigInt(later) > BigInt(id))).toBe(true);
});
