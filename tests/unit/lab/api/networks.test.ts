import { failure, ID, inUse, LabApi, LINK, NETWORK, notFound, operation, prepare, TIME } from "./labApi";

let lab: LabApi;
beforeEach(() => {
  lab = new LabApi();
});
afterEach(() => lab.close());

const PATH = "global/networks/kthw";
const STORED = {
  kind: "compute#network",
  id: ID,
  creationTimestamp: TIME,
  selfLink: `${LINK}/${PATH}`,
  name: "kthw",
  autoCreateSubnetworks: false,
  mtu: 1460,
  networkFirewallPolicyEnforcementOrder: "AFTER_CLASSIC_FIREWALL",
  routingConfig: { routingMode: "REGIONAL", bgpBestPathSelectionMode: "LEGACY" },
};

test("a network is inserted, read, listed and deleted", async () => {
  expect(await lab.call("GET", PATH)).toEqual(notFound(PATH));
  expect(await lab.mutate("POST", "global/networks", NETWORK)).toEqual(
    operation("insert", "global", "networks/kthw"),
  );
  expect(await lab.get(PATH)).toEqual(STORED);
  expect(await lab.get("global/networks")).toEqual({
    kind: "compute#networkList",
    id: "projects/p1/global/networks",
    selfLink: `${LINK}/global/networks`,
    items: [STORED],
  });
  expect(await lab.mutate("DELETE", PATH)).toEqual(operation("delete", "global", "networks/kthw"));
  expect(await lab.call("GET", PATH)).toEqual(notFound(PATH));
  expect(await lab.get("global/networks")).not.toHaveProperty("items");
});

test("an operation names what it was about, also after a delete", async () => {
  await prepare(lab);
  const { id } = await lab.get(PATH);
  const { targetId, name } = await lab.mutate("DELETE", PATH);
  expect(targetId).toBe(id);
  expect((await lab.get(`global/operations/${name}`)).targetId).toBe(id);
});

test("PATCH merges objects and keeps the rest", async () => {
  await prepare(lab);
  expect(await lab.mutate("PATCH", PATH, { routingConfig: { routingMode: "GLOBAL" } })).toEqual(
    operation("patch", "global", "networks/kthw"),
  );
  expect(await lab.get(PATH)).toEqual({
    ...STORED,
    routingConfig: { routingMode: "GLOBAL", bgpBestPathSelectionMode: "LEGACY" },
  });
});

test("PATCH of a field that cannot change is refused, the value it has is not", async () => {
  await prepare(lab);
  expect(await lab.call("PATCH", PATH, { autoCreateSubnetworks: true })).toEqual(
    failure(
      400,
      "invalid",
      "Invalid value for field 'resource.autoCreateSubnetworks': 'true'. The field cannot be changed.",
    ),
  );
  expect((await lab.call("PATCH", PATH, { autoCreateSubnetworks: false })).status).toBe(200);
  expect(await lab.get(PATH)).toEqual(STORED);
});

test("a second one of the same name is a conflict", async () => {
  await prepare(lab);
  expect(await lab.call("POST", "global/networks", NETWORK)).toEqual(
    failure(409, "alreadyExists", `The resource 'projects/p1/${PATH}' already exists`),
  );
  expect((await lab.call("POST", "/compute/v1/projects/p2/global/networks", NETWORK)).status).toBe(200);
});

test.each(["Kthw", "1kthw", "kthw-", "k".repeat(64), "k_w", ""])("the name %j is refused", async (name) => {
  expect(await lab.call("POST", "global/networks", { name })).toEqual(
    failure(
      400,
      "invalid",
      `Invalid value for field 'resource.name': '${name}'. Must be a match of regex '(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)'`,
    ),
  );
});

test("a missing name and an unknown field are refused", async () => {
  expect(await lab.call("POST", "global/networks", {})).toEqual(
    failure(400, "required", "Required field 'resource.name' not specified"),
  );
  expect(await lab.call("POST", "global/networks", { name: "n", color: "red" })).toEqual(
    failure(400, "badRequest", `Invalid JSON payload received. Unknown name "color": Cannot find field.`),
  );
});

test("a network that a subnetwork, firewall or router uses stays", async () => {
  const network = `projects/p1/${PATH}`;
  const users: [string, Record<string, unknown>][] = [
    ["regions/us-west1/subnetworks", { ipCidrRange: "10.240.0.0/24" }],
    ["global/firewalls", { allowed: [{ IPProtocol: "icmp" }] }],
    ["regions/us-west1/routers", {}],
  ];
  for (const [collection, body] of users) {
    if (collection === users[0]?.[0]) await prepare(lab);
    await lab.mutate("POST", collection, { name: "user", network, ...body });
    expect(await lab.call("DELETE", PATH)).toEqual(inUse("network", PATH, `${collection}/user`));
    await lab.mutate("DELETE", `${collection}/user`);
  }
  expect((await lab.call("DELETE", PATH)).status).toBe(200);
});
