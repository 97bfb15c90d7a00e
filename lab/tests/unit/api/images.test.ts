import {
  DISK,
  FINGERPRINT,
  failure,
  ID,
  IMAGE,
  INSTANCE,
  LabApi,
  LINK,
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

const BASE = "/compute/v1/projects/debian-cloud/global/images";
const NEWEST = {
  kind: "compute#image",
  id: ID,
  creationTimestamp: "2026-11-11T08:00:00.000-08:00",
  name: "debian-12-bookworm-v20261111",
  description: "debian-12-bookworm, of the lab",
  family: "debian-12",
  status: "READY",
  sourceType: "RAW",
  archiveSizeBytes: "1000000000",
  diskSizeGb: "10",
  architecture: "X86_64",
  guestOsFeatures: [{ type: "UEFI_COMPATIBLE" }, { type: "VIRTIO_SCSI_MULTIQUEUE" }, { type: "GVNIC" }],
  licenses: [
    "https://www.googleapis.com/compute/v1/projects/debian-cloud/global/licenses/debian-12-bookworm",
  ],
  storageLocations: ["us"],
  labelFingerprint: FINGERPRINT,
  selfLink:
    "https://www.googleapis.com/compute/v1/projects/debian-cloud/global/images/debian-12-bookworm-v20261111",
};

test("the provider's look-up of debian-cloud/debian-12: no such image, but a family", async () => {
  expect(await lab.call("GET", `${BASE}/debian-12`)).toEqual(
    failure(404, "notFound", "The resource 'projects/debian-cloud/global/images/debian-12' was not found"),
  );
  expect(await lab.call("GET", `${BASE}/family/debian-12`)).toEqual({ status: 200, body: NEWEST });
});

test("an image has its own name", async () => {
  expect(await lab.call("GET", `${BASE}/debian-12-bookworm-v20261111`)).toEqual({
    status: 200,
    body: NEWEST,
  });
});

test("arm64 is another family", async () => {
  expect((await lab.call("GET", `${BASE}/family/debian-12-arm64`)).body).toEqual({
    ...NEWEST,
    name: "debian-12-bookworm-arm64-v20261111",
    description: "debian-12-bookworm-arm64, of the lab",
    family: "debian-12-arm64",
    architecture: "ARM64",
    selfLink: NEWEST.selfLink.replace("bookworm", "bookworm-arm64"),
  });
});

test.each(["debian-cloud/global/images/family/debian-7", "ubuntu-os-cloud/global/images/family/debian-12"])(
  "%s is not there",
  async (path) => {
    expect(await lab.call("GET", `/compute/v1/projects/${path}`)).toEqual(
      failure(404, "notFound", `The resource 'projects/${path}' was not found`),
    );
  },
);

const names = async (url: string) =>
  (((await lab.get(url)).items ?? []) as { name: string }[]).map(({ name }) => name);

test.each([
  ["ubuntu-os-cloud", "ubuntu-2204-lts", "ubuntu-2204-jammy-v20261105"],
  ["ubuntu-os-pro-cloud", "ubuntu-pro-2204-lts", "ubuntu-pro-2204-jammy-v20261105"],
  ["debian-cloud", "debian-13", "debian-13-trixie-v20261111"],
])("family %s/%s means %s", async (project, family, name) => {
  expect(await lab.get(`/compute/v1/projects/${project}/global/images/family/${family}`)).toMatchObject({
    name,
    family,
  });
});

test("images are listed by what they are", async () => {
  expect(await names(`${BASE}?filter=${encodeURIComponent("family = 'debian-12'")}`)).toEqual([NEWEST.name]);
  const arm = `architecture = ARM64 AND name eq 'debian-1[23]-.*'`;
  expect(await names(`${BASE}?filter=${encodeURIComponent(arm)}`)).toEqual([
    "debian-12-bookworm-arm64-v20261111",
    "debian-13-trixie-arm64-v20261111",
  ]);
  const first = await lab.get(`${BASE}?maxResults=4`);
  expect(first.items).toHaveLength(4);
  expect(await names(`${BASE}?maxResults=4&pageToken=${first.nextPageToken}`)).toHaveLength(2);
});

const OWN = "global/images";

test("an own image is made of a disk, read, changed and deleted; the rest of a PATCH is ignored", async () => {
  await lab.mutate("POST", `${ZONE}/disks`, { ...DISK, sourceImage: IMAGE, sizeGb: "12" });
  const { id } = await lab.get(`${ZONE}/disks/data-0`);
  const labels = { team: "etcd" };
  const sourceDisk = `projects/p1/${ZONE}/disks/data-0`;
  await lab.mutate("POST", OWN, { name: "packer-1725", family: "golden", labels, sourceDisk });
  const stored = {
    kind: "compute#image",
    id: ID,
    creationTimestamp: TIME,
    selfLink: `${LINK}/${OWN}/packer-1725`,
    name: "packer-1725",
    family: "golden",
    status: "READY",
    sourceType: "RAW",
    archiveSizeBytes: expect.any(String),
    diskSizeGb: "12",
    sourceDisk: `${LINK}/${ZONE}/disks/data-0`,
    sourceDiskId: id,
    architecture: "X86_64",
    guestOsFeatures: NEWEST.guestOsFeatures,
    licenses: NEWEST.licenses,
    storageLocations: ["us"],
    labels,
    labelFingerprint: FINGERPRINT,
  };
  expect(await lab.get(`${OWN}/packer-1725`)).toEqual(stored);
  await lab.mutate("PATCH", `${OWN}/packer-1725`, { description: "golden", labels: {}, diskSizeGb: "99" });
  expect(await lab.get(`${OWN}/packer-1725`)).toEqual({ ...stored, description: "golden" });
  const change = { labels: { team: "core" }, labelFingerprint: "stale" };
  expect(await lab.call("POST", `${OWN}/packer-1725/setLabels`, change)).toEqual(
    stale("Labels fingerprint either invalid or resource labels have changed"),
  );
  await lab.mutate("DELETE", `${OWN}/packer-1725`);
  expect((await lab.call("GET", `${OWN}/packer-1725`)).status).toBe(404);
});

test("a family whose images do not carry its name means the newest that is not deprecated", async () => {
  for (const name of ["packer-1725", "packer-1726"])
    await lab.mutate("POST", OWN, { name, family: "golden", sourceImage: IMAGE });
  expect(await lab.get(`${OWN}/family/golden`)).toMatchObject({ name: "packer-1726" });
  await lab.mutate("POST", `${OWN}/packer-1726/deprecate`, { state: "DEPRECATED" });
  expect(await lab.get(`${OWN}/packer-1726`)).toMatchObject({ deprecated: { state: "DEPRECATED" } });
  expect(await lab.get(`${OWN}/family/golden`)).toMatchObject({ name: "packer-1725" });
  await lab.mutate("POST", `${OWN}/packer-1726/deprecate`, {});
  expect(await lab.get(`${OWN}/family/golden`)).toMatchObject({ name: "packer-1726" });
});

test("a VM of an own image runs the release that the image was made from", async () => {
  await prepare(lab, "subnetwork", "address", "disk");
  const sourceImage = "projects/debian-cloud/global/images/family/debian-13";
  await lab.mutate("POST", OWN, { name: "packer-1725", family: "golden", sourceImage });
  const disks = [{ boot: true, initializeParams: { sourceImage: "global/images/family/golden" } }];
  await lab.mutate("POST", `${ZONE}/instances`, { ...INSTANCE, disks });
  expect(lab.hostCalls.at(-1)).toContain(`"release":"trixie"`);
  expect(await lab.get(`${ZONE}/disks/controller-0`)).toMatchObject({
    sourceImage: `${LINK}/${OWN}/packer-1725`,
    licenses: [expect.stringMatching(/debian-13-trixie$/)],
  });
});

test("an image needs a source, a disk at least the image's size", async () => {
  expect(await lab.call("POST", OWN, { name: "empty" })).toEqual(
    failure(
      400,
      "invalid",
      "Invalid value for field 'resource': ''. A source image, a source disk or a raw disk must be specified.",
    ),
  );
  expect(await lab.call("POST", `${ZONE}/disks`, { name: "small", sizeGb: "5", sourceImage: IMAGE })).toEqual(
    failure(
      400,
      "invalid",
      "Invalid value for field 'resource.sizeGb': '5'. Requested disk size cannot be smaller than the image size (10 GB)",
    ),
  );
});
