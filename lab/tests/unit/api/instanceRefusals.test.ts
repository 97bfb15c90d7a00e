import { failure, INSTANCE, LabApi, notFound, prepare, REGION, ZONE } from "./labApi";

// What an instance's insert refuses, and that nothing of it is left.

let lab: LabApi;
beforeEach(async () => {
  lab = new LabApi();
  await prepare(lab, "subnetwork", "address", "disk");
});
afterEach(() => lab.close());

const COLLECTION = `${ZONE}/instances`;
const [BOOT, DATA] = INSTANCE.disks;
const [NIC] = INSTANCE.networkInterfaces;

/** As if nothing had been asked for. */
async function nothingIsLeft(): Promise<void> {
  expect(await lab.call("GET", `${COLLECTION}/controller-0`)).toEqual(notFound(`${COLLECTION}/controller-0`));
  expect(await lab.call("GET", `${ZONE}/disks/controller-0`)).toEqual(notFound(`${ZONE}/disks/controller-0`));
  expect(await lab.get(`${ZONE}/disks/data-0`)).not.toHaveProperty("users");
  expect(await lab.get(`${REGION}/addresses/controller-0`)).toMatchObject({ status: "RESERVED" });
  expect(await lab.get(`${REGION}/addresses/controller-0`)).not.toHaveProperty("users");
}

test.each([
  [
    "a machine type that is not there",
    { machineType: `projects/p1/${ZONE}/machineTypes/n9-standard-1` },
    `Invalid value for field 'resource.machineType': 'projects/p1/${ZONE}/machineTypes/n9-standard-1'. Machine type with name 'n9-standard-1' does not exist in zone 'us-west1-c'.`,
  ],
  [
    "two interfaces",
    { networkInterfaces: [NIC, NIC] },
    "Invalid value for field 'resource.networkInterfaces': '2'. The lab gives an instance one network interface.",
  ],
  [
    "an address outside the subnetwork",
    { networkInterfaces: [{ ...NIC, networkIP: "10.241.0.10" }] },
    "Invalid value for field 'resource.networkInterfaces[0].networkIP': '10.241.0.10'. IP address is outside the range of the subnetwork.",
  ],
  [
    "a disk of another zone",
    { disks: [BOOT, { source: "projects/p1/zones/us-west1-a/disks/data-0" }] },
    "Invalid value for field 'resource.disks[].source': 'projects/p1/zones/us-west1-a/disks/data-0'. The disk is not in the instance's zone.",
  ],
])("%s is refused", async (_, change, message) => {
  expect(await lab.call("POST", COLLECTION, { ...INSTANCE, ...change })).toEqual(
    failure(400, "invalid", message),
  );
  await nothingIsLeft();
});

test("a subnetwork of another region is refused", async () => {
  expect(await lab.call("POST", "zones/us-central1-a/instances", INSTANCE)).toEqual(
    failure(
      400,
      "invalid",
      `Invalid value for field 'resource.networkInterfaces[0].subnetwork': 'projects/p1/${REGION}/subnetworks/kubernetes'. The subnetwork is not in the instance's region regions/us-central1.`,
    ),
  );
});

test.each([
  [
    "a subnetwork",
    { networkInterfaces: [{ subnetwork: `${REGION}/subnetworks/other` }] },
    `${REGION}/subnetworks/other`,
  ],
  ["a disk", { disks: [BOOT, DATA, { source: `${ZONE}/disks/other` }] }, `${ZONE}/disks/other`],
  [
    "a service account",
    { serviceAccounts: [{ email: "a@p1.iam.gserviceaccount.com", scopes: [] }] },
    "serviceAccounts/a@p1.iam.gserviceaccount.com",
  ],
])("%s that is not there is refused", async (_, change, path) => {
  expect(await lab.call("POST", COLLECTION, { ...INSTANCE, ...change })).toEqual(notFound(path));
  await nothingIsLeft();
});

test.each(["machineType", "disks", "networkInterfaces"])("%s is required", async (field) => {
  expect(await lab.call("POST", COLLECTION, { ...INSTANCE, [field]: undefined })).toEqual(
    failure(400, "required", `Required field 'resource.${field}' not specified`),
  );
});

test("one disk is the boot disk", async () => {
  const refusal = failure(400, "required", "Required field 'resource.disks[0].boot' not specified");
  for (const disks of [[DATA], [BOOT, { ...DATA, boot: true }]])
    expect(await lab.call("POST", COLLECTION, { ...INSTANCE, disks })).toEqual(refusal);
});

test("a boot disk whose name is taken is a conflict, and the disk of that name stays", async () => {
  await lab.mutate("POST", `${ZONE}/disks`, { name: "controller-0", sizeGb: "33" });
  expect(await lab.call("POST", COLLECTION, INSTANCE)).toEqual(
    failure(409, "alreadyExists", `The resource 'projects/p1/${ZONE}/disks/controller-0' already exists`),
  );
  expect(await lab.get(`${ZONE}/disks/controller-0`)).toMatchObject({ sizeGb: "33" });
});

test.each(["createDisk", "start", "applyFirewall"] as const)(
  "an instance whose %s fails does not exist, and the next attempt succeeds",
  async (call) => {
    lab.broken.add(call);
    expect(await lab.call("POST", COLLECTION, INSTANCE)).toEqual(
      failure(500, "internalError", `${call} is broken`),
    );
    await nothingIsLeft();
    expect(lab.hostCalls.slice(-2)).toEqual([
      `destroy "controller-0"`,
      expect.stringMatching(/^deleteDisk "disk-\d{19}"$/),
    ]);
    lab.broken.clear();
    expect((await lab.call("POST", COLLECTION, INSTANCE)).status).toBe(200);
  },
);

test("a VM of a release whose hosts were not made is refused with the command that makes them", async () => {
  lab.missingImage = true;
  expect(await lab.call("POST", COLLECTION, INSTANCE)).toEqual(
    failure(
      501,
      "notImplemented",
      "the lab has no hosts of debian-13 yet; run `lab build image debian-13` first",
    ),
  );
  await nothingIsLeft();
});
