import { failure, ID, LabApi, LINK, notFound, operation, prepare, REGION, TIME } from "./labApi";

let lab: LabApi;
beforeEach(async () => {
  lab = new LabApi();
  await prepare(lab, "subnetwork");
});
afterEach(() => lab.close());

const COLLECTION = `${REGION}/routers`;
const PATH = `${COLLECTION}/kthw-router`;
const ROUTER = {
  name: "kthw-router",
  network: "projects/p1/global/networks/kthw",
  region: "projects/p1/global/regions/us-west1",
};
const NAT = {
  name: "kthw-nat",
  natIpAllocateOption: "AUTO_ONLY",
  sourceSubnetworkIpRangesToNat: "ALL_SUBNETWORKS_ALL_IP_RANGES",
};
const STORED = {
  kind: "compute#router",
  id: ID,
  creationTimestamp: TIME,
  selfLink: `${LINK}/${PATH}`,
  region: `${LINK}/${REGION}`,
  name: "kthw-router",
  network: `${LINK}/global/networks/kthw`,
  encryptedInterconnectRouter: false,
};
/** What Google decides for a NAT that does not say. */
const DECIDED = {
  autoNetworkTier: "PREMIUM",
  effectiveTcpTimeWaitTimeoutSec: 120,
  endpointTypes: ["ENDPOINT_TYPE_VM"],
  type: "PUBLIC",
};

test("a router is inserted, read and deleted; a field that is null is not set", async () => {
  expect(await lab.mutate("POST", COLLECTION, { ...ROUTER, bgp: null })).toEqual(
    operation("insert", REGION, "routers/kthw-router"),
  );
  expect(Object.entries(await lab.get(PATH)).sort()).toEqual(Object.entries(STORED).sort());
  expect(await lab.mutate("DELETE", PATH)).toEqual(operation("delete", REGION, "routers/kthw-router"));
  expect(await lab.call("GET", PATH)).toEqual(notFound(PATH));
});

test("a NAT is put in, changed and taken out by PATCH", async () => {
  await lab.mutate("POST", COLLECTION, ROUTER);
  const nats = async (body: unknown[]) => {
    expect(await lab.mutate("PATCH", PATH, { nats: body })).toEqual(
      operation("patch", REGION, "routers/kthw-router"),
    );
    return (await lab.get(PATH)).nats;
  };
  expect(await nats([NAT])).toEqual([{ ...NAT, ...DECIDED }]);
  const more = { ...NAT, minPortsPerVm: 128, autoNetworkTier: "STANDARD", tcpTimeWaitTimeoutSec: 60 };
  expect(await nats([more])).toEqual([{ ...DECIDED, ...more, effectiveTcpTimeWaitTimeoutSec: 60 }]);
  expect(await nats([])).toBeUndefined();
  expect(await lab.get(PATH)).toEqual(STORED);
});

test("a NAT may come with its router; a region may be written as its name", async () => {
  await lab.mutate("POST", COLLECTION, { ...ROUTER, nats: [NAT] });
  await lab.mutate("PATCH", PATH, { description: "way out", region: "us-west1" });
  expect(await lab.get(PATH)).toEqual({
    ...STORED,
    description: "way out",
    nats: [{ ...NAT, ...DECIDED }],
  });
  expect((await lab.call("PATCH", PATH, { region: "us-east1" })).status).toBe(400);
});

test("PATCH with null removes a field and keeps the rest", async () => {
  await lab.mutate("POST", COLLECTION, { ...ROUTER, description: "way out", bgp: { asn: 64512 } });
  await lab.mutate("PATCH", PATH, { bgp: null });
  expect(await lab.get(PATH)).toEqual({ ...STORED, description: "way out" });
});

test("the network cannot be changed", async () => {
  await lab.mutate("POST", COLLECTION, ROUTER);
  const network = "global/networks/other";
  expect(await lab.call("PATCH", PATH, { network })).toEqual(
    failure(
      400,
      "invalid",
      `Invalid value for field 'resource.network': '${network}'. The field cannot be changed.`,
    ),
  );
});

test("a router without a network, or on one that is not there, is refused", async () => {
  expect(await lab.call("POST", COLLECTION, { name: "r" })).toEqual(
    failure(400, "required", "Required field 'resource.network' not specified"),
  );
  expect(await lab.call("POST", COLLECTION, { name: "r", network: "global/networks/other" })).toEqual(
    notFound("global/networks/other"),
  );
});
