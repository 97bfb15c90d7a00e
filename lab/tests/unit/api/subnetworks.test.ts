import {
  FINGERPRINT,
  failure,
  ID,
  inUse,
  LabApi,
  LINK,
  notFound,
  operation,
  prepare,
  REGION,
  SUBNETWORK,
  stale,
  TIME,
} from "./labApi";

let lab: LabApi;
beforeEach(() => {
  lab = new LabApi();
});
afterEach(() => lab.close());

const COLLECTION = `${REGION}/subnetworks`;
const PATH = `${COLLECTION}/kubernetes`;
const STORED = {
  kind: "compute#subnetwork",
  id: ID,
  creationTimestamp: TIME,
  selfLink: `${LINK}/${PATH}`,
  region: `${LINK}/${REGION}`,
  name: "kubernetes",
  network: `${LINK}/global/networks/kthw`,
  ipCidrRange: "10.240.0.0/24",
  gatewayAddress: "10.240.0.1",
  privateIpGoogleAccess: false,
  privateIpv6GoogleAccess: "DISABLE_GOOGLE_ACCESS",
  purpose: "PRIVATE",
  stackType: "IPV4_ONLY",
  state: "READY",
  fingerprint: FINGERPRINT,
};

test("a subnetwork is inserted, read and deleted", async () => {
  await prepare(lab);
  const body = { ...SUBNETWORK, region: "projects/p1/global/regions/us-west1" };
  expect(await lab.mutate("POST", COLLECTION, body)).toEqual(
    operation("insert", REGION, "subnetworks/kubernetes"),
  );
  expect(await lab.get(PATH)).toEqual(STORED);
  expect(await lab.mutate("DELETE", PATH)).toEqual(operation("delete", REGION, "subnetworks/kubernetes"));
  expect(await lab.call("GET", PATH)).toEqual(notFound(PATH));
});

test.each([
  "global/networks/kthw",
  "https://www.googleapis.com/compute/v1/projects/p1/global/networks/kthw",
  "https://compute.googleapis.com/compute/beta/projects/p1/global/networks/kthw",
  "http://127.0.0.1:8700/compute/v1/projects/p1/global/networks/kthw",
])("the network may be named as %s", async (network) => {
  await prepare(lab);
  await lab.mutate("POST", COLLECTION, { ...SUBNETWORK, network });
  expect((await lab.get(PATH)).network).toBe(`${LINK}/global/networks/kthw`);
});

test("a network that is not there or not named right is refused", async () => {
  expect(await lab.call("POST", COLLECTION, SUBNETWORK)).toEqual(notFound("global/networks/kthw"));
  expect(await lab.call("POST", COLLECTION, { ...SUBNETWORK, network: "kthw" })).toEqual(
    failure(400, "invalid", "Invalid value for field 'resource.network': 'kthw'. The URL is malformed."),
  );
});

test.each(["10.240.0.1/24", "10.240.0.0", "10.240.0.0/33", "ten"])(
  "the range %s is refused",
  async (range) => {
    await prepare(lab);
    expect(await lab.call("POST", COLLECTION, { ...SUBNETWORK, ipCidrRange: range })).toEqual(
      failure(
        400,
        "invalid",
        `Invalid value for field 'resource.ipCidrRange': '${range}'. Must be a CIDR address range that is contained in the RFC1918 private address blocks.`,
      ),
    );
  },
);

test("ranges of one network do not overlap, in whatever region; those of two may", async () => {
  await prepare(lab, "subnetwork");
  const other = { ...SUBNETWORK, name: "other", ipCidrRange: "10.240.0.0/16" };
  expect(await lab.call("POST", "regions/us-central1/subnetworks", other)).toEqual(
    failure(
      400,
      "invalid",
      "Invalid value for field 'resource.ipCidrRange': '10.240.0.0/16'. Invalid IPCidrRange: 10.240.0.0/16 conflicts with existing subnetwork 'kubernetes' in region 'us-central1'.",
    ),
  );
  await lab.mutate("POST", "global/networks", { name: "two" });
  expect((await lab.call("POST", COLLECTION, { ...other, network: "global/networks/two" })).status).toBe(200);
});

test("PATCH and setPrivateIpGoogleAccess change it, and its fingerprint", async () => {
  await prepare(lab, "subnetwork");
  const { fingerprint: first } = await lab.get(PATH);
  await lab.mutate("PATCH", PATH, { privateIpGoogleAccess: true, fingerprint: first });
  const second = await lab.get(PATH);
  expect(second).toEqual({ ...STORED, privateIpGoogleAccess: true });
  expect(second.fingerprint).not.toBe(first);
  expect(
    await lab.mutate("POST", `${PATH}/setPrivateIpGoogleAccess`, { privateIpGoogleAccess: false }),
  ).toEqual(operation("setPrivateIpGoogleAccess", REGION, "subnetworks/kubernetes"));
  const third = await lab.get(PATH);
  expect(third).toEqual(STORED);
  expect(third.fingerprint).not.toBe(second.fingerprint);
});

test("a stale fingerprint changes nothing", async () => {
  await prepare(lab, "subnetwork");
  const answer = await lab.call("PATCH", PATH, { privateIpGoogleAccess: true, fingerprint: "AAAAAAAAAAA=" });
  expect(answer).toEqual(stale("Invalid fingerprint."));
  expect(await lab.get(PATH)).toEqual(STORED);
});

test.each([
  ["address" as const, `${REGION}/addresses/controller-0`],
  ["instance" as const, "zones/us-west1-c/instances/controller-0"],
])("a subnetwork in use by an %s stays", async (part, user) => {
  await prepare(lab, "subnetwork", "disk", part);
  expect(await lab.call("DELETE", PATH)).toEqual(inUse("subnetwork", PATH, user));
});

test("a region that is not there is refused", async () => {
  await prepare(lab);
  for (const method of ["GET", "POST"]) {
    const body = method === "POST" ? SUBNETWORK : undefined;
    expect(await lab.call(method, "regions/moon-1/subnetworks", body)).toEqual(
      failure(400, "invalid", "Invalid value for field 'region': 'moon-1'. Unknown region."),
    );
  }
});
