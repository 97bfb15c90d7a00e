import { failure, IMAGE, INSTANCE, LabApi, LINK, notFound, prepare, REGION, ZONE } from "./labApi";

// What machine types there are, and what a VM of one takes.

let lab: LabApi;
beforeEach(async () => {
  lab = new LabApi();
  await prepare(lab, "subnetwork", "address");
});
afterEach(() => lab.close());

const A = "zones/us-west1-a";
const types = async (zone: string, filter: string) =>
  (
    ((await lab.get(`${zone}/machineTypes?filter=${encodeURIComponent(filter)}`)).items ?? []) as {
      name: string;
    }[]
  ).map(({ name }) => name);

test("a machine type is read by its name, and found by a filter", async () => {
  const stored = {
    kind: "compute#machineType",
    id: expect.any(String),
    creationTimestamp: "1969-12-31T16:00:00.000-08:00",
    name: "e2-standard-2",
    description: "2 vCPUs, 8 GB RAM",
    guestCpus: 2,
    memoryMb: 8192,
    imageSpaceGb: 0,
    maximumPersistentDisks: 128,
    maximumPersistentDisksSizeGb: "263168",
    zone: "us-west1-a",
    isSharedCpu: false,
    architecture: "X86_64",
    selfLink: `${LINK}/${A}/machineTypes/e2-standard-2`,
  };
  expect(await lab.get(`${A}/machineTypes/e2-standard-2`)).toEqual(stored);
  const list = `${A}/machineTypes`;
  expect(await lab.get(`${list}?filter=name+%3D+%27e2-standard-2%27`)).toEqual({
    kind: "compute#machineTypeList",
    id: `projects/p1/${list}`,
    selfLink: `${LINK}/${list}`,
    items: [stored],
  });
  expect(await lab.get(`${list}?filter=name+%3D+%27e2-standart-2%27`)).not.toHaveProperty("items");
});

test.each([
  ["e2-medium", 2, 4096, true],
  ["n1-highmem-2", 2, 13_312, false],
  ["c4-standard-2", 2, 7680, false],
  ["n2-custom-4-8192", 4, 8192, false],
  ["custom-2-4096", 2, 4096, false],
])("%s has %i vCPUs and %i MB", async (name, guestCpus, memoryMb, isSharedCpu) => {
  expect(await lab.get(`${A}/machineTypes/${name}`)).toMatchObject({ guestCpus, memoryMb, isSharedCpu });
});

test.each([
  "e2-standart-2",
  "e2-standard-3",
  "n2-standard",
  "t2d-custom-2-4096",
  "constructor-standard-2",
  "x",
])("there is no machine type %s", async (name) => {
  const path = `${A}/machineTypes/${name}`;
  expect(await lab.call("GET", path)).toEqual(notFound(path));
});

test("a series is in some zones only", async () => {
  expect(await types("zones/us-west1-a", "name = 'c4-standard-2' OR name = 't2a-standard-1'")).toEqual([
    "c4-standard-2",
  ]);
  expect(await types("zones/us-west1-c", "name = 'c4-standard-2'")).toEqual([]);
  expect(
    await types("zones/us-central1-f", "architecture = ARM64 AND guestCpus = 1 AND name:standard"),
  ).toEqual(["c4a-standard-1", "n4a-standard-1", "t2a-standard-1"]);
});

/** A VM of a machine type on a boot disk and a data disk of these types. */
async function insert(machineType: string, bootType: string, dataType?: string, zone = A, image = IMAGE) {
  if (dataType) await lab.mutate("POST", `${zone}/disks`, { name: "data", type: dataType });
  return lab.call("POST", `${zone}/instances`, {
    ...INSTANCE,
    machineType,
    networkInterfaces: [{ subnetwork: `${REGION}/subnetworks/kubernetes` }],
    disks: [
      { boot: true, initializeParams: { sourceImage: image, diskType: `${zone}/diskTypes/${bootType}` } },
      ...(dataType ? [{ source: `${zone}/disks/data`, deviceName: "etcd-data" }] : []),
    ],
  });
}

const unsuited = (message: string) => failure(400, "badRequest", message);
const ARM = `${IMAGE}-arm64`;

test.each([
  ["e2-standard-2", "pd-balanced", "pd-ssd", IMAGE],
  ["n2-standard-64", "pd-ssd", "pd-extreme", IMAGE],
  ["c3-standard-4", "pd-balanced", "hyperdisk-balanced", IMAGE],
  ["c4-standard-2", "hyperdisk-balanced", "hyperdisk-balanced", IMAGE],
  ["c4a-standard-64", "hyperdisk-balanced", "hyperdisk-extreme", ARM],
  ["n4d-standard-2", "hyperdisk-balanced", undefined, IMAGE],
])("%s boots from %s and takes %s", async (machineType, boot, data, image) => {
  expect((await insert(machineType, boot, data, A, image)).status).toBe(200);
});

test.each([
  ["c4-standard-2", "pd-balanced", undefined, "pd-balanced"],
  ["n4-standard-2", "hyperdisk-balanced", "pd-ssd", "pd-ssd"],
  ["c4d-standard-2", "pd-standard", undefined, "pd-standard"],
  ["e2-standard-2", "hyperdisk-balanced", undefined, "hyperdisk-balanced"],
  ["t2d-standard-2", "pd-ssd", "hyperdisk-balanced", "hyperdisk-balanced"],
  ["c3-standard-4", "pd-standard", undefined, "pd-standard"],
  ["n2-standard-32", "pd-ssd", "pd-extreme", "pd-extreme"],
  ["c4-standard-48", "hyperdisk-balanced", "hyperdisk-extreme", "hyperdisk-extreme"],
])("%s with a boot disk of %s and data on %s is refused", async (machineType, boot, data, refused) => {
  expect(await insert(machineType, boot, data)).toEqual(
    unsuited(`${refused} disk type cannot be used by ${machineType} machine type.`),
  );
  expect((await lab.call("GET", `${A}/disks/controller-0`)).status).toBe(404);
});

test("nothing boots from a Hyperdisk Extreme, nor an Arm machine from an x86 image", async () => {
  expect(await insert("c4-standard-96", "hyperdisk-extreme")).toEqual(
    unsuited("hyperdisk-extreme disk type cannot be used for a boot disk."),
  );
  expect((await insert("c4a-standard-2", "hyperdisk-balanced")).body).toMatchObject({
    error: { code: 400, message: expect.stringContaining("whose architecture is ARM64") },
  });
});

test("a disk of a type that the machine does not take is not attached", async () => {
  await insert("e2-standard-2", "pd-balanced");
  await lab.mutate("POST", `${A}/disks`, { name: "fast", type: "hyperdisk-balanced" });
  const body = { source: `${A}/disks/fast` };
  expect(await lab.call("POST", `${A}/instances/controller-0/attachDisk`, body)).toEqual(
    unsuited("hyperdisk-balanced disk type cannot be used by e2-standard-2 machine type."),
  );
  expect(await lab.get(`${A}/disks/fast`)).not.toHaveProperty("users");
});

/** The answer to another machine type for a VM that was stopped. */
async function change(from: string, to: string, boot: string, zone = A) {
  expect((await insert(from, boot, undefined, zone)).status).toBe(200);
  await lab.mutate("POST", `${zone}/instances/controller-0/stop`);
  const machineType = `projects/p1/${zone}/machineTypes/${to}`;
  return lab.call("POST", `${zone}/instances/controller-0/setMachineType`, { machineType });
}

test.each([
  ["e2-medium", "n2-standard-4", "pd-balanced"],
  ["n1-standard-1", "t2d-standard-2", "pd-standard"],
  ["c4-standard-2", "c4-highmem-4", "hyperdisk-balanced"],
])("%s becomes %s in place", async (from, to, boot) => {
  expect((await change(from, to, boot)).status).toBe(200);
  await lab.mutate("POST", `${A}/instances/controller-0/start`);
  expect(await lab.get(`${A}/instances/controller-0`)).toMatchObject({
    machineType: `${LINK}/${A}/machineTypes/${to}`,
  });
});

test.each([
  ["e2-medium", "c3-standard-4", "pd-balanced"],
  ["n2-standard-2", "n4-standard-2", "pd-balanced"],
  ["c4-standard-2", "c4d-standard-2", "hyperdisk-balanced"],
])("%s does not become %s in place", async (from, to, boot) => {
  const machineType = `projects/p1/${A}/machineTypes/${to}`;
  const url = `https://www.googleapis.com/compute/v1/${machineType}`;
  expect(await change(from, to, boot)).toEqual(
    failure(
      400,
      "invalid",
      `Invalid value for field 'resource.machineType': '${url}'. The machine type of an instance cannot be changed from ${from} to ${to}: move the workload to a new instance.`,
    ),
  );
  expect(await lab.get(`${A}/instances/controller-0`)).toMatchObject({
    status: "TERMINATED",
    machineType: `${LINK}/${A}/machineTypes/${from}`,
  });
});

test("a machine type that the zone does not have is refused, of a new VM and of an existing one", async () => {
  const words = (name: string) => `Machine type with name '${name}' does not exist in zone 'us-west1-c'.`;
  expect((await insert("c4-standard-2", "hyperdisk-balanced", undefined, ZONE)).body).toMatchObject({
    error: { message: expect.stringContaining(words("c4-standard-2")) },
  });
  expect((await change("e2-medium", "e2-standart-4", "pd-balanced", ZONE)).body).toMatchObject({
    error: { message: expect.stringContaining(words("e2-standart-4")) },
  });
});

test.each([
  ["pd-extreme", "499", "smaller than 500"],
  ["hyperdisk-balanced", "3", "smaller than 4"],
  ["hyperdisk-extreme", "63", "smaller than 64"],
  ["hyperdisk-throughput", "100", "smaller than 2048"],
  ["pd-ssd", "65537", "larger than 65536"],
])("a %s of %s GB is refused", async (type, sizeGb, beyond) => {
  expect(await lab.call("POST", `${A}/disks`, { name: "d", type, sizeGb })).toEqual(
    unsuited(`Disk size cannot be ${beyond} GB for disk type ${type}.`),
  );
});

test("a disk grows no further than its type", async () => {
  await lab.mutate("POST", `${A}/disks`, { name: "d", type: "pd-ssd", sizeGb: "10" });
  expect(await lab.call("POST", `${A}/disks/d/resize`, { sizeGb: "70000" })).toEqual(
    unsuited("Disk size cannot be larger than 65536 GB for disk type pd-ssd."),
  );
});

test("a Hyperdisk Balanced says what is provisioned for it", async () => {
  await lab.mutate("POST", `${A}/disks`, { name: "plain", type: "hyperdisk-balanced" });
  expect(await lab.get(`${A}/disks/plain`)).toMatchObject({
    sizeGb: "100",
    provisionedIops: "3600",
    provisionedThroughput: "290",
  });
  const said = { name: "said", type: "hyperdisk-balanced", sizeGb: "10", provisionedIops: "4000" };
  await lab.mutate("POST", `${A}/disks`, said);
  expect(await lab.get(`${A}/disks/said`)).toMatchObject({
    provisionedIops: "4000",
    provisionedThroughput: "155",
  });
});
