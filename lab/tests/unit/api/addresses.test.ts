import {
  ADDRESS,
  FINGERPRINT,
  failure,
  ID,
  inUse,
  ipInUse,
  LabApi,
  LINK,
  notFound,
  operation,
  prepare,
  REGION,
  stale,
  TIME,
  ZONE,
} from "./labApi";

let lab: LabApi;
beforeEach(() => {
  lab = new LabApi();
});
afterEach(() => lab.close());

const COLLECTION = `${REGION}/addresses`;
const PATH = `${COLLECTION}/controller-0`;
const COMMON = {
  description: "",
  kind: "compute#address",
  id: ID,
  creationTimestamp: TIME,
  region: `${LINK}/${REGION}`,
  networkTier: "PREMIUM",
  status: "RESERVED",
  labelFingerprint: FINGERPRINT,
};
const STORED = {
  ...COMMON,
  selfLink: `${LINK}/${PATH}`,
  name: "controller-0",
  address: "10.240.0.10",
  addressType: "INTERNAL",
  purpose: "GCE_ENDPOINT",
  subnetwork: `${LINK}/${REGION}/subnetworks/kubernetes`,
};
const INSTANCE_PATH = `${ZONE}/instances/controller-0`;

test("an internal address is reserved, read and given back", async () => {
  await prepare(lab, "subnetwork");
  expect(await lab.mutate("POST", COLLECTION, ADDRESS)).toEqual(
    operation("insert", REGION, "addresses/controller-0"),
  );
  expect(await lab.get(PATH)).toEqual(STORED);
  expect(await lab.mutate("DELETE", PATH)).toEqual(operation("delete", REGION, "addresses/controller-0"));
  expect(await lab.call("GET", PATH)).toEqual(notFound(PATH));
});

test("an address that is not asked for is the lowest free one", async () => {
  await prepare(lab, "subnetwork");
  const taken = [];
  for (const name of ["a", "b"]) {
    await lab.mutate("POST", COLLECTION, { ...ADDRESS, name, address: undefined });
    taken.push((await lab.get(`${COLLECTION}/${name}`)).address);
  }
  expect(taken).toEqual(["10.240.0.2", "10.240.0.3"]);
});

test("a full subnetwork says so", async () => {
  await prepare(lab);
  const small = { name: "small", network: "global/networks/kthw", ipCidrRange: "10.0.0.0/29" };
  await lab.mutate("POST", `${REGION}/subnetworks`, small);
  const body = { addressType: "INTERNAL", subnetwork: `${REGION}/subnetworks/small` };
  // Eight less the first two and the last two.
  for (const name of ["a", "b", "c", "d"]) await lab.mutate("POST", COLLECTION, { ...body, name });
  expect(await lab.call("POST", COLLECTION, { ...body, name: "e" })).toEqual(
    failure(400, "ipSpaceExhausted", "IP space of 'small' is exhausted."),
  );
});

test("external addresses are distinct, also after one was given back", async () => {
  for (const name of ["a", "b"]) await lab.mutate("POST", COLLECTION, { name });
  expect(await lab.get(`${COLLECTION}/a`)).toEqual({
    ...COMMON,
    name: "a",
    selfLink: `${LINK}/${COLLECTION}/a`,
    addressType: "EXTERNAL",
    address: "203.0.113.10",
  });
  await lab.mutate("DELETE", `${COLLECTION}/a`);
  for (const name of ["c", "d"]) await lab.mutate("POST", COLLECTION, { name });
  const all = (await lab.get(COLLECTION)).items as { name: string; address: string }[];
  expect(all.map(({ name, address }) => `${name} ${address}`)).toEqual([
    "b 203.0.113.11",
    "c 203.0.113.10",
    "d 203.0.113.12",
  ]);
});

test.each(["10.240.1.10", "10.240.0.0", "10.240.0.1", "10.240.0.254", "10.240.0.255", "ten"])(
  "%s is not available in 10.240.0.0/24",
  async (address) => {
    await prepare(lab, "subnetwork");
    expect(await lab.call("POST", COLLECTION, { ...ADDRESS, address })).toEqual(
      failure(
        400,
        "invalid",
        `Invalid value for field 'resource.address': '${address}'. Specified IP address is not in the range of subnetwork 'projects/p1/${REGION}/subnetworks/kubernetes'.`,
      ),
    );
  },
);

test("an address is reserved once", async () => {
  await prepare(lab, "subnetwork", "address");
  const other = { ...ADDRESS, name: "other" };
  expect(await lab.mutate("POST", COLLECTION, other)).toMatchObject(ipInUse("10.240.0.10"));
  expect(await lab.call("GET", `${COLLECTION}/other`)).toEqual(notFound(`${COLLECTION}/other`));
  expect(await lab.get(PATH)).toEqual(STORED);
});

test("an instance uses the address that it names, and frees it when it is deleted", async () => {
  await prepare(lab, "subnetwork", "address", "disk", "instance");
  const used = { ...STORED, status: "IN_USE", users: [`${LINK}/${INSTANCE_PATH}`] };
  expect(await lab.get(PATH)).toEqual(used);
  expect(await lab.call("DELETE", PATH)).toEqual(inUse("address", PATH, INSTANCE_PATH));
  expect(await lab.get(PATH)).toEqual(used);
  await lab.mutate("DELETE", INSTANCE_PATH);
  expect(await lab.get(PATH)).toEqual(STORED);
});

test("labels are set under their fingerprint", async () => {
  await prepare(lab, "subnetwork", "address");
  const { labelFingerprint } = await lab.get(PATH);
  const set = (body: object) => lab.call("POST", `${PATH}/setLabels`, { labels: { env: "lab" }, ...body });
  const refused = stale("Labels fingerprint either invalid or resource labels have changed");
  expect(await set({})).toEqual(refused);
  expect(await set({ labelFingerprint })).toEqual({
    status: 200,
    body: operation("setLabels", REGION, "addresses/controller-0"),
  });
  const labelled = await lab.get(PATH);
  expect(labelled).toEqual({ ...STORED, labels: { env: "lab" } });
  expect(labelled.labelFingerprint).not.toBe(labelFingerprint);
  expect(await set({ labelFingerprint })).toEqual(refused);
});
