import type { Resource } from "../../../api/store";
import { DISK, failure, INSTANCE, LabApi, prepare, ZONE } from "./labApi";

// Disks that a key of Cloud KMS encrypts: https://cloud.google.com/compute/docs/disks/customer-managed-encryption

let lab: LabApi;
beforeEach(async () => {
  lab = new LabApi();
  await prepare(lab, "subnetwork", "address");
});
afterEach(() => lab.close());

const KEY = "projects/p1/locations/us-west1/keyRings/ring/cryptoKeys/disks";
const OTHER = { kmsKeyName: `${KEY}2` };
const VM = `${ZONE}/instances/controller-0`;
const [BOOT, DATA] = INSTANCE.disks;
const SOURCE = `projects/p1/${ZONE}/disks/data-0`;
const ASKED = { kmsKeyName: KEY };
/** The version of the key that was the primary one when the disk was made. */
const USED = { kmsKeyName: `${KEY}/cryptoKeyVersions/1` };

/** An instance whose boot disk and data disk are encrypted. */
async function encrypted() {
  await lab.mutate("POST", `${ZONE}/disks`, { ...DISK, diskEncryptionKey: ASKED });
  const disks = [{ ...BOOT, diskEncryptionKey: ASKED }, DATA];
  await lab.mutate("POST", `${ZONE}/instances`, { ...INSTANCE, disks });
}
const startWith = (disks: Resource[]) => lab.call("POST", `${VM}/startWithEncryptionKey`, { disks });
const status = async () => (await lab.get(VM)).status;

test("a disk says by which version of its key it is encrypted, and so does the instance that has it", async () => {
  await encrypted();
  for (const name of ["data-0", "controller-0"])
    expect((await lab.get(`${ZONE}/disks/${name}`)).diskEncryptionKey).toEqual(USED);
  expect(((await lab.get(VM)).disks as Resource[]).map((disk) => disk.diskEncryptionKey)).toEqual([
    USED,
    USED,
  ]);
});

test("a disk without a key says nothing of one", async () => {
  await lab.mutate("POST", `${ZONE}/disks`, DISK);
  await lab.mutate("POST", `${ZONE}/instances`, INSTANCE);
  expect(await lab.get(`${ZONE}/disks/data-0`)).not.toHaveProperty("diskEncryptionKey");
  for (const disk of (await lab.get(VM)).disks as Resource[])
    expect(disk).not.toHaveProperty("diskEncryptionKey");
});

test.each([
  ["with its keys", [{ source: SOURCE, diskEncryptionKey: ASKED }]],
  ["with a version of its key", [{ source: SOURCE, diskEncryptionKey: USED }]],
  ["with none of them", []],
])("an encrypted instance starts %s", async (_, disks) => {
  await encrypted();
  await lab.mutate("POST", `${VM}/stop`);
  expect((await startWith(disks)).status).toBe(200);
  expect(await status()).toBe("RUNNING");
});

test.each([
  [
    "another key",
    { source: SOURCE, diskEncryptionKey: OTHER },
    `Invalid value for field 'disks[0].diskEncryptionKey': '${OTHER.kmsKeyName}'. The disk is encrypted by '${USED.kmsKeyName}'.`,
  ],
  [
    "a disk that it does not have",
    { source: `${SOURCE}1`, diskEncryptionKey: ASKED },
    `Invalid value for field 'disks[0].source': '${SOURCE}1'. The disk is not attached to the instance.`,
  ],
])("an instance does not start with %s", async (_, disk, message) => {
  await encrypted();
  await lab.mutate("POST", `${VM}/stop`);
  expect(await startWith([disk])).toEqual(failure(400, "invalid", message));
  expect(await status()).toBe("TERMINATED");
});

test("a start with keys takes as long as another, and finds as little room", async () => {
  await encrypted();
  await lab.mutate("POST", `${VM}/stop`);
  await lab.conditions({ latency: "gce" });
  await startWith([]);
  expect(await status()).toBe("PROVISIONING");
  lab.clock += 12_000;
  expect(await status()).toBe("RUNNING");
  await lab.conditions({ latency: "none" });
  await lab.mutate("POST", `${VM}/stop`);
  await lab.conditions({ stockouts: [{ zone: "us-west1-c" }] });
  expect((await startWith([])).body).toMatchObject({
    error: { errors: [{ code: "ZONE_RESOURCE_POOL_EXHAUSTED" }] },
  });
  expect(await status()).toBe("TERMINATED");
});

test("an instance does not attach a disk under a different key from the disk's", async () => {
  await lab.mutate("POST", `${ZONE}/disks`, { ...DISK, diskEncryptionKey: ASKED });
  const disks = [BOOT, { ...DATA, diskEncryptionKey: OTHER }];
  expect(await lab.call("POST", `${ZONE}/instances`, { ...INSTANCE, disks })).toEqual(
    failure(
      400,
      "invalid",
      `Invalid value for field 'resource.disks[1].diskEncryptionKey': '${OTHER.kmsKeyName}'. The disk is encrypted by '${USED.kmsKeyName}'.`,
    ),
  );
  expect(await lab.get(`${ZONE}/disks/data-0`)).not.toHaveProperty("users");
});

test("a name that is none of a key is refused", async () => {
  const disk = { ...DISK, diskEncryptionKey: { kmsKeyName: "disks" } };
  expect((await lab.call("POST", `${ZONE}/disks`, disk)).body).toMatchObject({
    error: {
      code: 400,
      message: expect.stringContaining("'resource.diskEncryptionKey.kmsKeyName': 'disks'"),
    },
  });
});

test("the lab has no keys that the caller brings along, and says so", async () => {
  const disk = { ...DISK, diskEncryptionKey: { rawKey: "a2V5" } };
  expect((await lab.call("POST", `${ZONE}/disks`, disk)).body).toMatchObject({
    error: { code: 501, message: "the lab does not implement resource.diskEncryptionKey.rawKey" },
  });
});

test("an own image is encrypted as well", async () => {
  await lab.mutate("POST", `${ZONE}/disks`, DISK);
  const image = { name: "golden", sourceDisk: SOURCE, imageEncryptionKey: ASKED };
  await lab.mutate("POST", "global/images", image);
  expect((await lab.get("global/images/golden")).imageEncryptionKey).toEqual(USED);
});
