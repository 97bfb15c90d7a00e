import {
  FINGERPRINT,
  failure,
  ID,
  INSTANCE,
  inUse,
  ipInUse,
  LabApi,
  LINK,
  notFound,
  operation,
  prepare,
  REGION,
  TIME,
  ZONE,
} from "./labApi";

let lab: LabApi;
beforeEach(async () => {
  lab = new LabApi();
  await prepare(lab, "subnetwork", "address", "disk");
});
afterEach(() => lab.close());

const COLLECTION = `${ZONE}/instances`;
const PATH = `${COLLECTION}/controller-0`;
const BOOT = `${ZONE}/disks/controller-0`;
const ATTACHED = { kind: "compute#attachedDisk", type: "PERSISTENT", mode: "READ_WRITE", interface: "SCSI" };
/** What a disk has of debian-12. */
const FROM_IMAGE = {
  architecture: "X86_64",
  guestOsFeatures: [{ type: "UEFI_COMPATIBLE" }, { type: "VIRTIO_SCSI_MULTIQUEUE" }, { type: "GVNIC" }],
  licenses: [
    "https://www.googleapis.com/compute/v1/projects/debian-cloud/global/licenses/debian-12-bookworm",
  ],
};
const STORED = {
  kind: "compute#instance",
  id: ID,
  creationTimestamp: TIME,
  selfLink: `${LINK}/${PATH}`,
  zone: `${LINK}/${ZONE}`,
  name: "controller-0",
  machineType: `${LINK}/${ZONE}/machineTypes/e2-standard-2`,
  status: "RUNNING",
  cpuPlatform: "Intel Broadwell",
  startRestricted: false,
  lastStartTimestamp: TIME,
  canIpForward: true,
  deletionProtection: false,
  tags: { items: ["controller"], fingerprint: FINGERPRINT },
  labels: { env: "lab" },
  labelFingerprint: FINGERPRINT,
  metadata: {
    kind: "compute#metadata",
    items: [{ key: "enable-oslogin", value: "FALSE" }],
    fingerprint: FINGERPRINT,
  },
  scheduling: {
    onHostMaintenance: "MIGRATE",
    automaticRestart: true,
    preemptible: false,
    provisioningModel: "STANDARD",
  },
  shieldedInstanceIntegrityPolicy: { updateAutoLearnPolicy: true },
  disks: [
    {
      ...ATTACHED,
      index: 0,
      boot: true,
      autoDelete: true,
      deviceName: "persistent-disk-0",
      source: `${LINK}/${BOOT}`,
      diskSizeGb: "20",
      ...FROM_IMAGE,
    },
    {
      ...ATTACHED,
      index: 1,
      boot: false,
      autoDelete: false,
      deviceName: "etcd-data",
      source: `${LINK}/${ZONE}/disks/data-0`,
      diskSizeGb: "10",
    },
  ],
  networkInterfaces: [
    {
      kind: "compute#networkInterface",
      name: "nic0",
      network: `${LINK}/global/networks/kthw`,
      subnetwork: `${LINK}/${REGION}/subnetworks/kubernetes`,
      networkIP: "10.240.0.10",
      stackType: "IPV4_ONLY",
      fingerprint: FINGERPRINT,
      accessConfigs: [
        {
          kind: "compute#accessConfig",
          type: "ONE_TO_ONE_NAT",
          name: "External NAT",
          networkTier: "PREMIUM",
          natIP: "198.51.100.10",
        },
      ],
    },
  ],
};

const diskIdOf = async (path: string) => `disk-${(await lab.get(path)).id}`;

test("an instance is inserted and read, with its boot disk", async () => {
  expect(await lab.mutate("POST", COLLECTION, INSTANCE)).toEqual(
    operation("insert", ZONE, "instances/controller-0"),
  );
  expect(await lab.get(`${PATH}?view=FULL`)).toEqual(STORED);
  expect(await lab.get(BOOT)).toEqual({
    kind: "compute#disk",
    id: ID,
    creationTimestamp: TIME,
    selfLink: `${LINK}/${BOOT}`,
    zone: `${LINK}/${ZONE}`,
    name: "controller-0",
    status: "READY",
    sizeGb: "20",
    type: `${LINK}/${ZONE}/diskTypes/pd-standard`,
    physicalBlockSizeBytes: "4096",
    sourceImage:
      "https://www.googleapis.com/compute/v1/projects/debian-cloud/global/images/debian-12-bookworm-v20261111",
    sourceImageId: ID,
    ...FROM_IMAGE,
    labelFingerprint: FINGERPRINT,
    users: [`${LINK}/${PATH}`],
  });
});

test("fields that would force a replacement are there only where they were set", async () => {
  await lab.mutate("POST", COLLECTION, INSTANCE);
  const forcing = ["hostname", "nicType", "queueCount", "keyRevocationActionType", "minCpuPlatform"];
  const text = JSON.stringify(await lab.get(PATH));
  expect(forcing.filter((field) => text.includes(`"${field}"`))).toEqual([]);
  await lab.mutate("DELETE", PATH);
  await lab.mutate("POST", COLLECTION, { ...INSTANCE, hostname: "c0.example.com" });
  expect(await lab.get(PATH)).toMatchObject({ hostname: "c0.example.com" });
});

test("the host is started from its disks and tags, and takes them along when it goes", async () => {
  const data = await diskIdOf(`${ZONE}/disks/data-0`);
  await lab.mutate("POST", COLLECTION, INSTANCE);
  const boot = await diskIdOf(BOOT);
  const host = {
    name: "controller-0",
    ip: "10.240.0.10",
    bootDiskId: boot,
    attachedDisks: [{ id: data, deviceName: "etcd-data" }],
    release: "bookworm",
    network: "projects/p1/global/networks/kthw",
    externalIp: "198.51.100.10",
    tags: ["controller"],
  };
  expect(lab.hostCalls.slice(1)).toEqual([
    `createDisk {"id":"${boot}","sizeGb":20}`,
    `start ${JSON.stringify(host)}`,
  ]);
  expect(lab.firewall).toEqual([[], [host]]);
  expect(await lab.mutate("DELETE", PATH)).toEqual(operation("delete", ZONE, "instances/controller-0"));
  expect(lab.hostCalls.slice(3)).toEqual([`destroy "controller-0"`, `deleteDisk "${boot}"`]);
  expect(lab.firewall).toEqual([[], []]);
  expect(await lab.call("GET", PATH)).toEqual(notFound(PATH));
  expect(await lab.call("GET", BOOT)).toEqual(notFound(BOOT));
});

test("an instance with little said gets GCE's defaults", async () => {
  const subnetwork = `${REGION}/subnetworks/kubernetes`;
  const disks = [
    { boot: true, initializeParams: { sourceImage: INSTANCE.disks[0]?.initializeParams?.sourceImage } },
  ];
  const body = { name: "plain", machineType: "e2-micro", disks, networkInterfaces: [{ subnetwork }] };
  await lab.mutate("POST", COLLECTION, body);
  const plain = await lab.get(`${COLLECTION}/plain`);
  expect(plain).toMatchObject({
    canIpForward: false,
    tags: { fingerprint: FINGERPRINT },
    metadata: { kind: "compute#metadata", fingerprint: FINGERPRINT },
    disks: [{ autoDelete: false, deviceName: "persistent-disk-0", diskSizeGb: "10" }],
    networkInterfaces: [{ networkIP: "10.240.0.2" }],
  });
  expect(plain.tags).not.toHaveProperty("items");
  expect(plain.metadata).not.toHaveProperty("items");
  expect(plain).not.toHaveProperty("serviceAccounts");
  expect(plain.networkInterfaces).not.toMatchObject([{ accessConfigs: expect.anything() }]);
});

test("a boot disk of its own is kept when the instance says so, and can be booted again", async () => {
  const [boot, data] = INSTANCE.disks;
  await lab.mutate("POST", COLLECTION, { ...INSTANCE, disks: [{ ...boot, autoDelete: false }, data] });
  const id = await diskIdOf(BOOT);
  await lab.mutate("DELETE", PATH);
  expect(lab.hostCalls.at(-1)).toBe(`destroy "controller-0"`);
  await lab.mutate("POST", COLLECTION, { ...INSTANCE, disks: [{ boot: true, source: BOOT }] });
  expect(lab.hostCalls.at(-1)).toContain(`"bootDiskId":"${id}"`);
  expect(lab.hostCalls.filter((call) => call.startsWith(`createDisk {"id":"${id}"`))).toHaveLength(1);
});

test("a protected instance is not deleted", async () => {
  await lab.mutate("POST", COLLECTION, { ...INSTANCE, deletionProtection: true });
  expect(await lab.call("DELETE", PATH)).toEqual(
    failure(
      400,
      "invalid",
      `Invalid value for field 'resource': 'projects/p1/${PATH}'. Resource cannot be deleted if it's protected against deletion.`,
    ),
  );
  expect(await lab.get(PATH)).toEqual({ ...STORED, deletionProtection: true });
});

test("a disk goes into one instance, an address to one", async () => {
  await lab.mutate("POST", COLLECTION, INSTANCE);
  const [boot, data] = INSTANCE.disks;
  const subnetwork = `${REGION}/subnetworks/kubernetes`;
  const second = { ...INSTANCE, name: "second", networkInterfaces: [{ subnetwork }], disks: [boot, data] };
  expect(await lab.call("POST", COLLECTION, second)).toEqual(inUse("disk", `${ZONE}/disks/data-0`, PATH));
  const taken = { ...second, disks: [boot], networkInterfaces: [{ subnetwork, networkIP: "10.240.0.10" }] };
  expect(await lab.mutate("POST", COLLECTION, taken)).toMatchObject(ipInUse("10.240.0.10"));
  expect(await lab.call("GET", `${COLLECTION}/second`)).toEqual(notFound(`${COLLECTION}/second`));
  expect(await lab.get(`${REGION}/addresses/controller-0`)).toMatchObject({
    status: "IN_USE",
    users: [`${LINK}/${PATH}`],
  });
});
