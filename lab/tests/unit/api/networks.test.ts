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
  selfLinkWithId: expect.stringMatching(new RegExp(`^${LINK}/global/networks/\\d{19}$`)),
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
    items: [expect.objectContaining({ name: "default" }), STORED],
  });
  expect(await lab.mutate("DELETE", PATH)).toEqual(operation("delete", "global", "networks/kthw"));
  expect(await lab.call("GET", PATH)).toEqual(notFound(PATH));
  expect((await lab.get("global/networks")).items).toMatchObject([{ name: "default" }]);
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

test("a network says which subnetworks it has", async () => {
  await prepare(lab, "subnetwork");
  const subnetwork = "regions/us-west1/subnetworks/kubernetes";
  expect(await lab.get(PATH)).toEqual({ ...STORED, subnetworks: [`${LINK}/${subnetwork}`] });
  expect(await lab.call("DELETE", PATH)).toEqual(inUse("network", PATH, subnetwork));
  await lab.mutate("DELETE", subnetwork);
  expect(await lab.get(PATH)).toEqual(STORED);
});

test("an auto mode network comes with a subnetwork in every region, and takes them along", async () => {
  await lab.mutate("POST", "global/networks", { name: "auto" });
  const regions = ["us-west1", "us-central1", "europe-west1"];
  const links = regions.map((region) => `${LINK}/regions/${region}/subnetworks/auto`);
  expect((await lab.get("global/networks/auto")).subnetworks).toEqual(links);
  expect(await lab.get("regions/us-west1/subnetworks/auto")).toMatchObject({
    ipCidrRange: "10.138.0.0/20",
    gatewayAddress: "10.138.0.1",
    network: `${LINK}/global/networks/auto`,
  });
  await lab.mutate("DELETE", "global/networks/auto");
  const path = "regions/us-west1/subnetworks/auto";
  expect(await lab.call("GET", path)).toEqual(notFound(path));
});

test("a project has a network default with its firewall rules, until somebody deletes it", async () => {
  const network = await lab.get("global/networks/default");
  expect(network).toMatchObject({
    description: "Default network for the project",
    autoCreateSubnetworks: true,
    subnetworks: expect.arrayContaining([`${LINK}/regions/us-west1/subnetworks/default`]),
  });
  const rules = (await lab.get("global/firewalls")).items as { name: string }[];
  expect(rules.map(({ name }) => name.replace("default-allow-", ""))).toEqual([
    "icmp",
    "internal",
    "rdp",
    "ssh",
  ]);
  expect((await lab.call("DELETE", "global/networks/default")).status).toBe(400);
  for (const { name } of rules) await lab.mutate("DELETE", `global/firewalls/${name}`);
  await lab.mutate("DELETE", "global/networks/default");
  expect(await lab.call("GET", "global/networks/default")).toEqual(notFound("global/networks/default"));
  await lab.restart();
  expect(await lab.call("GET", "global/networks/default")).toEqual(notFound("global/networks/default"));
});

test("a profile is kept as a link; local IPv6 addresses get a range while they are wanted", async () => {
  const networkProfile = "global/networkProfiles/us-central1-a-vpc-roce";
  await lab.mutate("POST", "global/networks", { ...NETWORK, networkProfile, enableUlaInternalIpv6: false });
  const plain = { ...STORED, networkProfile: `${LINK}/${networkProfile}` };
  expect(await lab.get(PATH)).toEqual(plain);
  await lab.mutate("PATCH", PATH, { enableUlaInternalIpv6: true });
  const internalIpv6Range = expect.stringMatching(/^fd20:[\da-f:]+\/48$/);
  expect(await lab.get(PATH)).toEqual({ ...plain, enableUlaInternalIpv6: true, internalIpv6Range });
  await lab.mutate("PATCH", PATH, { enableUlaInternalIpv6: false });
  expect(await lab.get(PATH)).toEqual(plain);
});

test("a field that is null was not sent, whether the lab knows it or not", async () => {
  await lab.mutate("POST", "global/networks", { ...NETWORK, color: null, routingConfig: { color: null } });
  expect(await lab.get(PATH)).toEqual(STORED);
  await lab.mutate("PATCH", PATH, { color: null });
  expect(await lab.get(PATH)).toEqual(STORED);
});
