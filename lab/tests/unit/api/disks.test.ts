import {
  DISK,
  FINGERPRINT,
  failure,
  ID,
  IMAGE,
  inUse,
  LabApi,
  LINK,
  notFound,
  operation,
  prepare,
  stale,
  TIME,
  ZONE,
} from "./labApi";

let lab: LabApi;
beforeEach(() => {
  lab = new LabApi();
});
afterEach(() => lab.close());

const COLLECTION = `${ZONE}/disks`;
const PATH = `${COLLECTION}/data-0`;
const STORED = {
  kind: "compute#disk",
  id: ID,
  creationTimestamp: TIME,
  selfLink: `${LINK}/${PATH}`,
  zone: `${LINK}/${ZONE}`,
  name: "data-0",
  status: "READY",
  sizeGb: "10",
  type: `${LINK}/${ZONE}/diskTypes/pd-ssd`,
  physicalBlockSizeBytes: "4096",
  labels: { env: "lab" },
  labelFingerprint: FINGERPRINT,
};
const INSTANCE_PATH = `${ZONE}/instances/controller-0`;

test("a disk is inserted, read and deleted, and made on the hosts", async () => {
  expect(await lab.mutate("POST", COLLECTION, DISK)).toEqual(operation("insert", ZONE, "disks/data-0"));
  const stored = await lab.get(PATH);
  expect(stored).toEqual(STORED);
  expect(await lab.mutate("DELETE", PATH)).toEqual(operation("delete", ZONE, "disks/data-0"));
  expect(await lab.call("GET", PATH)).toEqual(notFound(PATH));
  const id = `disk-${stored.id}`;
  expect(lab.hostCalls).toEqual([`createDisk {"id":"${id}","sizeGb":10}`, `deleteDisk "${id}"`]);
});

test("size and type have GCE's defaults; a number is a size as well; an image is the one its family means", async () => {
  await lab.mutate("POST", COLLECTION, { name: "a" });
  await lab.mutate("POST", COLLECTION, { name: "b", sizeGb: 20, type: "pd-balanced", sourceImage: IMAGE });
  expect(await lab.get(`${COLLECTION}/a`)).toMatchObject({
    sizeGb: "500",
    type: `${LINK}/${ZONE}/diskTypes/pd-standard`,
  });
  expect(await lab.get(`${COLLECTION}/b`)).toMatchObject({
    sizeGb: "20",
    type: `${LINK}/${ZONE}/diskTypes/pd-balanced`,
    sourceImage:
      "https://www.googleapis.com/compute/v1/projects/debian-cloud/global/images/debian-12-bookworm-v20261111",
  });
});

test.each(["0", "-1", "1.5", "ten"])("a size of %s is refused", async (sizeGb) => {
  expect(await lab.call("POST", COLLECTION, { ...DISK, sizeGb })).toEqual(
    failure(
      400,
      "invalid",
      `Invalid value for field 'resource.sizeGb': '${sizeGb}'. Disk size must be at least 1 GB.`,
    ),
  );
});

test("a type, a zone and an image that are not there are refused", async () => {
  expect(await lab.call("POST", COLLECTION, { ...DISK, type: "floppy" })).toEqual(
    failure(
      400,
      "invalid",
      "Invalid value for field 'resource.type': 'floppy'. The disk type 'floppy' was not found.",
    ),
  );
  expect(await lab.call("POST", "zones/us-west1-z/disks", DISK)).toEqual(
    failure(400, "invalid", "Invalid value for field 'zone': 'us-west1-z'. Unknown zone."),
  );
  const sourceImage = "projects/debian-cloud/global/images/family/debian-7";
  expect(await lab.call("POST", COLLECTION, { ...DISK, sourceImage })).toEqual(
    failure(404, "notFound", `The resource '${sourceImage}' was not found`),
  );
  expect(lab.hostCalls).toEqual([]);
});

test("a disk grows, and only grows", async () => {
  await lab.mutate("POST", COLLECTION, DISK);
  const { id } = await lab.get(PATH);
  expect(await lab.mutate("POST", `${PATH}/resize`, { sizeGb: "20" })).toEqual(
    operation("resize", ZONE, "disks/data-0"),
  );
  expect(await lab.get(PATH)).toEqual({ ...STORED, sizeGb: "20" });
  expect(lab.hostCalls.at(-1)).toBe(`resizeDisk {"id":"disk-${id}","sizeGb":20}`);
  for (const sizeGb of ["20", "10"]) {
    expect(await lab.call("POST", `${PATH}/resize`, { sizeGb })).toEqual(
      failure(
        400,
        "invalid",
        `Invalid value for field 'sizeGb': '${sizeGb}'. New disk size '${sizeGb}' must be larger than existing size '20'.`,
      ),
    );
  }
  expect(await lab.get(PATH)).toEqual({ ...STORED, sizeGb: "20" });
});

test("labels are set under their fingerprint", async () => {
  await lab.mutate("POST", COLLECTION, DISK);
  const { labelFingerprint } = await lab.get(PATH);
  const body = { labels: { env: "dev" }, labelFingerprint };
  expect(await lab.mutate("POST", `${PATH}/setLabels`, body)).toEqual(
    operation("setLabels", ZONE, "disks/data-0"),
  );
  expect(await lab.get(PATH)).toEqual({ ...STORED, labels: { env: "dev" } });
  expect(await lab.call("POST", `${PATH}/setLabels`, body)).toEqual(
    stale("Labels fingerprint either invalid or resource labels have changed"),
  );
});

test("a disk in an instance is not deleted, and outlives the instance", async () => {
  await prepare(lab, "subnetwork", "disk", "instance");
  const used = { ...STORED, users: [`${LINK}/${INSTANCE_PATH}`] };
  expect(await lab.get(PATH)).toEqual(used);
  expect(await lab.call("DELETE", PATH)).toEqual(inUse("disk", PATH, INSTANCE_PATH));
  await lab.mutate("DELETE", INSTANCE_PATH);
  expect(await lab.get(PATH)).toEqual(STORED);
  expect((await lab.call("DELETE", PATH)).status).toBe(200);
});

test("a disk that the hosts could not make does not exist", async () => {
  lab.broken.add("createDisk");
  expect(await lab.call("POST", COLLECTION, DISK)).toEqual(
    failure(500, "internalError", "createDisk is broken"),
  );
  lab.broken.clear();
  expect(await lab.call("GET", PATH)).toEqual(notFound(PATH));
  expect((await lab.call("POST", COLLECTION, DISK)).status).toBe(200);
});

test("a disk cannot be patched here, and the answer says so", async () => {
  await lab.mutate("POST", COLLECTION, DISK);
  expect(await lab.call("PATCH", PATH, { sizeGb: "20" })).toEqual(
    failure(501, "notImplemented", "the lab cannot patch disks"),
  );
});
