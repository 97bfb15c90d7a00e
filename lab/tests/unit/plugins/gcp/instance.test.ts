import { PartialError, type PropertyMap, Secret, UNKNOWN } from "../../../../plugins/framework";
import { FakeCloud } from "./fakeCloud";
import { bare, type Saved, Stack } from "./stack";

const INSTANCE = "gcp:compute/instance:Instance";
const ID = "projects/p1/zones/us-west1-c/instances/controller-0";
const IMAGE = "projects/debian-cloud/global/images/family/debian-12";

let cloud: FakeCloud;
let stack: Stack;
beforeEach(async () => {
  cloud = new FakeCloud();
  stack = await Stack.open(await cloud.start());
});
afterEach(() => cloud.stop());

/** The program's controller. */
function controller(changes: PropertyMap = {}): PropertyMap {
  return {
    name: "controller-0",
    machineType: "e2-standard-2",
    canIpForward: true,
    tags: ["kubernetes-the-hard-way", "controller"],
    labels: { env: "dev" },
    bootDisk: { initializeParams: { image: IMAGE, size: 20, type: "pd-balanced" } },
    attachedDisks: [{ source: "d0", deviceName: "etcd-data", mode: "READ_WRITE" }],
    networkInterfaces: [{ subnetwork: "s", networkIp: "10.240.0.10" }],
    shieldedInstanceConfig: { enableSecureBoot: true },
    serviceAccount: { email: "e@p1.iam.gserviceaccount.com", scopes: ["logging-write"] },
    metadata: { "ssh-keys": "etcd:key", "startup-script": new Secret("private") },
    ...changes,
  };
}

/** Updates the controller and tells what was asked of the API. */
async function change(saved: Saved, changes: PropertyMap): Promise<{ after: Saved; calls: string[] }> {
  const before = cloud.mutations().length;
  const after = await stack.update(INSTANCE, saved, controller(changes));
  const calls = cloud.mutations().slice(before);
  expect((await stack.diff(INSTANCE, after, controller(changes))).detailed).toEqual({});
  return { after, calls: calls.map((call) => call.replace("zones/us-west1-c/instances/controller-0", "vm")) };
}

test("is made with everything the program says", async () => {
  const { id, outputs } = await stack.create(INSTANCE, controller());
  expect(id).toBe(ID);
  expect(cloud.bodies.get("POST projects/p1/zones/us-west1-c/instances")).toMatchObject({
    machineType: "projects/p1/zones/us-west1-c/machineTypes/e2-standard-2",
    disks: [
      {
        boot: true,
        initializeParams: {
          sourceImage: IMAGE,
          diskType: "projects/p1/zones/us-west1-c/diskTypes/pd-balanced",
        },
      },
      { source: "projects/p1/zones/us-west1-c/disks/d0", deviceName: "etcd-data" },
    ],
    networkInterfaces: [
      { subnetwork: "projects/p1/regions/us-west1/subnetworks/s", networkIP: "10.240.0.10" },
    ],
    serviceAccounts: [{ scopes: ["https://www.googleapis.com/auth/logging.write"] }],
    shieldedInstanceConfig: { enableSecureBoot: true, enableVtpm: true, enableIntegrityMonitoring: true },
    metadata: { items: [{ key: "ssh-keys" }, { key: "startup-script", value: "private" }] },
  });
  expect(bare(outputs)).toMatchObject({
    id: ID,
    zone: "us-west1-c",
    instanceId: "1000",
    currentStatus: "RUNNING",
    cpuPlatform: "Lab",
    metadataFingerprint: "mf",
    tagsFingerprint: "tf",
    effectiveLabels: { env: "dev" },
    networkInterfaces: [
      { name: "nic0", networkIp: "10.240.0.10", subnetworkProject: "p1", accessConfigs: [] },
    ],
  });
});

test("no change, no difference; and a refresh alters nothing", async () => {
  const saved = await stack.create(INSTANCE, controller());
  expect((await stack.diff(INSTANCE, saved, controller())).changes).toBe("NONE");
  expect(await stack.refresh(INSTANCE, saved)).toEqual(saved);
});

test("a secret in the metadata stays one, in inputs, state and refresh", async () => {
  const saved = await stack.create(INSTANCE, controller());
  for (const held of [saved, await stack.refresh(INSTANCE, saved)]) {
    const script = (map: PropertyMap = {}) => (map.metadata as PropertyMap)["startup-script"];
    expect(script(held?.inputs)).toEqual(new Secret("private"));
    expect(script(held?.outputs)).toEqual(new Secret("private"));
  }
});

test("a preview leaves unknown what the cloud decides", async () => {
  const unknownKey = { "startup-script": new Secret(UNKNOWN) };
  const { outputs } = await stack.create(INSTANCE, controller({ metadata: unknownKey }), true);
  expect(outputs).toMatchObject({
    instanceId: UNKNOWN,
    zone: "us-west1-c",
    metadata: { "startup-script": new Secret(UNKNOWN) },
    networkInterfaces: [{ networkIp: "10.240.0.10", name: UNKNOWN }],
  });
  expect(cloud.calls).toEqual([]);
});

test.each<[string, PropertyMap, string[]]>([
  ["metadata", { metadata: { "ssh-keys": "etcd:other" } }, ["POST vm/setMetadata"]],
  ["tags", { tags: ["controller"] }, ["POST vm/setTags"]],
  ["labels", { labels: { env: "prod" } }, ["POST vm/setLabels"]],
  ["scheduling", { scheduling: { automaticRestart: false } }, ["POST vm/setScheduling"]],
  ["description", { description: "d" }, ["PUT vm"]],
  ["canIpForward", { canIpForward: false }, ["PUT vm"]],
  ["deletionProtection", { deletionProtection: true }, ["POST vm/setDeletionProtection"]],
  ["desiredStatus", { desiredStatus: "TERMINATED" }, ["POST vm/stop"]],
  ["attachedDisks", { attachedDisks: [] }, ["POST vm/detachDisk"]],
  [
    "attachedDisks' source",
    { attachedDisks: [{ source: "d1", deviceName: "etcd-data" }] },
    ["POST vm/detachDisk", "POST vm/attachDisk"],
  ],
  [
    "bootDisk's size",
    { bootDisk: { initializeParams: { image: IMAGE, size: 30, type: "pd-balanced" } } },
    ["POST zones/us-west1-c/disks/controller-0/resize"],
  ],
])("%s changes in place", async (_, changes, calls) => {
  const saved = await stack.create(INSTANCE, controller());
  expect((await change(saved, changes)).calls).toEqual(calls);
});

test.each<[string, PropertyMap, string]>([
  ["machineType", { machineType: "e2-standard-4" }, "POST vm/setMachineType"],
  [
    "shieldedInstanceConfig",
    { shieldedInstanceConfig: { enableSecureBoot: false } },
    "PATCH vm/updateShieldedInstanceConfig",
  ],
  [
    "serviceAccount",
    { serviceAccount: { email: "e@p1.iam.gserviceaccount.com", scopes: ["cloud-platform"] } },
    "POST vm/setServiceAccount",
  ],
])("%s changes on a stopped instance, and only where that is allowed", async (_, changes, call) => {
  const saved = await stack.create(INSTANCE, controller());
  const refused = await stack.update(INSTANCE, saved, controller(changes)).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(PartialError);
  expect(String(refused)).toContain(
    "on a started instance requires stopping it. To acknowledge this, please set allow_stopping_for_update = true",
  );
  const { calls } = await change(saved, { ...changes, allowStoppingForUpdate: true });
  expect(calls).toEqual(["POST vm/stop", call, "POST vm/start"]);
  expect(cloud.get(ID).status).toBe("RUNNING");
});

test("external addresses are taken away and given again, on a running instance only", async () => {
  const external = (natIp: string) => ({
    networkInterfaces: [{ subnetwork: "s", networkIp: "10.240.0.10", accessConfigs: [{ natIp }] }],
  });
  const saved = await stack.create(INSTANCE, controller());
  const first = await stack.update(INSTANCE, saved, controller(external("203.0.113.1")));
  await stack.update(INSTANCE, first, controller(external("203.0.113.2")));
  const calls = cloud.mutations().map((call) => call.replace(/.*controller-0\//, ""));
  expect(calls.slice(1)).toEqual([
    "addAccessConfig",
    "setSecurityPolicy",
    "deleteAccessConfig",
    "addAccessConfig",
    "setSecurityPolicy",
  ]);
  const { addAccessConfig, deleteAccessConfig, setSecurityPolicy } = Object.fromEntries(
    [...cloud.bodies].map(([call, body]) => [call.replace(/.*\//, ""), body]),
  );
  expect(addAccessConfig).toEqual({
    type: "ONE_TO_ONE_NAT",
    natIP: "203.0.113.2",
    networkInterface: "nic0",
    alt: "json",
  });
  expect(deleteAccessConfig).toEqual({ accessConfig: "external-nat", networkInterface: "nic0", alt: "json" });
  expect(setSecurityPolicy).toEqual({ networkInterfaces: ["nic0"], alt: "json" });
  cloud.get(ID).status = "TERMINATED";
  await expect(stack.update(INSTANCE, first, controller())).rejects.toThrow(
    'the current instance status must be "RUNNING"',
  );
});

test("a VM that is off has no external address: the state says so with an empty text", async () => {
  const nic = { subnetwork: "s", networkIp: "10.240.0.10", accessConfigs: [{ networkTier: "PREMIUM" }] };
  const program = controller({ networkInterfaces: [nic] });
  const saved = await stack.create(INSTANCE, program);
  const [live] = cloud.get(ID).networkInterfaces as PropertyMap[];
  expect(live?.accessConfigs).toEqual([{ type: "ONE_TO_ONE_NAT", networkTier: "PREMIUM" }]);
  const seen = (await stack.refresh(INSTANCE, saved)) ?? saved;
  expect(bare(seen.outputs).networkInterfaces).toMatchObject([{ accessConfigs: [{ natIp: "" }] }]);
  expect((await stack.diff(INSTANCE, seen, program)).changes).toBe("NONE");
});

test("an interface in no network is refused before anything is asked for", async () => {
  const program = controller({ networkInterfaces: [{ networkIp: "10.240.0.10" }] });
  await expect(stack.create(INSTANCE, program)).rejects.toThrow(
    "exactly one of network, subnetwork, or network_attachment must be provided",
  );
  expect(cloud.calls).toEqual([]);
});

test("a VM whose disks a key of the customer's encrypts is started with the key's name", async () => {
  const key = "projects/p1/locations/us-west1/keyRings/r/cryptoKeys/k";
  const encrypted = {
    allowStoppingForUpdate: true,
    attachedDisks: [{ source: "d0", deviceName: "etcd-data", mode: "READ_WRITE", kmsKeySelfLink: key }],
  };
  const saved = await stack.create(INSTANCE, controller(encrypted));
  await stack.update(INSTANCE, saved, controller({ ...encrypted, machineType: "e2-standard-4" }));
  expect(cloud.bodies.get(`POST ${ID}/startWithEncryptionKey`)).toMatchObject({
    disks: [{ source: "projects/p1/zones/us-west1-c/disks/d0", diskEncryptionKey: { kmsKeyName: key } }],
  });
});

test("an instance that was stopped by hand starts again when it is to run", async () => {
  const saved = await stack.create(INSTANCE, controller({ desiredStatus: "RUNNING" }));
  cloud.get(ID).status = "TERMINATED";
  const seen = (await stack.refresh(INSTANCE, saved)) ?? saved;
  expect(seen.outputs.currentStatus).toBe("TERMINATED");
  const { calls } = await change(seen, { desiredStatus: "RUNNING" });
  expect(calls).toEqual(["POST vm/start"]);
});

test.each<[string, PropertyMap, string[]]>([
  ["address", { networkInterfaces: [{ subnetwork: "s", networkIp: "10.240.0.11" }] }, ["__meta"]],
  ["start-up script", { metadata: {}, metadataStartupScript: "echo" }, ["__meta"]],
  ["hostname", { hostname: "a.b.c" }, ["hostname"]],
  ["zone", { zone: "us-west1-a" }, ["zone"]],
])("another %s is another instance", async (_, changes, replaces) => {
  const saved = await stack.create(INSTANCE, controller());
  const difference = await stack.diff(INSTANCE, saved, controller(changes));
  expect(difference).toMatchObject({ replaces, deleteBeforeReplace: true });
});

test("the start-up script can move between its two places", async () => {
  const saved = await stack.create(INSTANCE, controller({ metadata: { "startup-script": "echo" } }));
  const moved = { metadata: { other: "1" }, metadataStartupScript: "echo" };
  const { after, calls } = await change(saved, moved);
  expect(calls).toEqual(["POST vm/setMetadata"]);
  expect(after.outputs).toMatchObject({ metadataStartupScript: "echo", metadata: { other: "1" } });
});

test("a family that moves on replaces nothing", async () => {
  const saved = await stack.create(INSTANCE, controller());
  expect(bare(saved.outputs).bootDisk).toMatchObject({
    initializeParams: { image: expect.stringMatching(/debian-12-bookworm-v\d+$/) },
  });
  const bootDisk = { initializeParams: { image: "debian-cloud/debian-12", size: 20, type: "pd-balanced" } };
  expect((await stack.diff(INSTANCE, saved, controller({ bootDisk }))).changes).toBe("NONE");
});

test("a disk detached by hand shows, and comes back", async () => {
  const saved = await stack.create(INSTANCE, controller());
  const disks = cloud.get(ID).disks as unknown[];
  disks.splice(1);
  const seen = (await stack.refresh(INSTANCE, saved)) ?? saved;
  const { calls } = await change(seen, {});
  expect(calls).toEqual(["POST vm/attachDisk"]);
});

test("deletion protection holds", async () => {
  const saved = await stack.create(INSTANCE, controller({ deletionProtection: true }));
  await expect(stack.delete(INSTANCE, saved)).rejects.toThrow(
    "Cannot delete instance controller-0: instance Deletion Protection is enabled.",
  );
  expect(cloud.resources.has(ID)).toBe(true);
});

test("is deleted, and gone is gone", async () => {
  const saved = await stack.create(INSTANCE, controller());
  await stack.delete(INSTANCE, saved);
  expect(cloud.resources.has(ID)).toBe(false);
  await stack.delete(INSTANCE, saved);
  expect(await stack.refresh(INSTANCE, saved)).toBeUndefined();
});

test("a creation that fails says why, and saves nothing that is not there", async () => {
  cloud.failNext = "The zone does not have enough resources available.";
  const failed = await stack.create(INSTANCE, controller()).catch((error: unknown) => error);
  expect(failed).not.toBeInstanceOf(PartialError);
  expect(String(failed)).toContain("Error waiting for instance to create: The zone does not have enough");
});

test("an instance that came up and could not be finished is saved", async () => {
  cloud.refused.set(`${ID}/stop`, 501);
  const program = controller({ desiredStatus: "TERMINATED" });
  const failed = await stack.create(INSTANCE, program).catch((error: unknown) => error);
  expect((failed as PartialError).partial).toMatchObject({
    id: ID,
    outputs: { machineType: "e2-standard-2" },
  });
});

test("a machine type that is refused leaves the VM off and the state as it was", async () => {
  const allowed = { allowStoppingForUpdate: true };
  const saved = await stack.create(INSTANCE, controller(allowed));
  cloud.refused.set(`${ID}/setMachineType`, 400);
  const failed = await stack
    .update(INSTANCE, saved, controller({ ...allowed, machineType: "e2-standrad-4" }))
    .catch((error: unknown) => error);
  expect((failed as PartialError).partial).toMatchObject({
    id: ID,
    outputs: { machineType: "e2-standard-2" },
  });
  expect(cloud.get(ID).status).toBe("TERMINATED");
  const state = { ...saved, outputs: (failed as PartialError).partial.outputs };
  expect((await stack.diff(INSTANCE, state, controller(allowed))).changes).toBe("NONE");
  expect(cloud.mutations().at(-1)).toMatch(/setMachineType$/);
});
