import type { Resource } from "../../../api/store";
import { failure, LabApi, LINK, notFound, operation, prepare, stale, TIME, ZONE } from "./labApi";

let lab: LabApi;
beforeEach(async () => {
  lab = new LabApi();
  await prepare(lab, "subnetwork", "address", "disk", "instance");
  lab.hostCalls.length = 0;
});
afterEach(() => lab.close());

const PATH = `${ZONE}/instances/controller-0`;
const read = () => lab.get(PATH);

async function act(action: string, body?: Resource, method = "POST"): Promise<void> {
  const name = action.split("?")[0] ?? "";
  expect(await lab.mutate(method, `${PATH}/${action}`, body)).toEqual(
    operation(name, ZONE, "instances/controller-0"),
  );
}

const STALE_LABELS = "Labels fingerprint either invalid or resource labels have changed";
const ITEMS = [{ key: "startup-script", value: "#!/bin/sh" }];

test.each<[string, (instance: Resource) => unknown, string, Resource, Resource, string]>([
  [
    "setLabels",
    (i) => i.labelFingerprint,
    "labelFingerprint",
    { labels: { env: "dev" } },
    { labels: { env: "dev" } },
    STALE_LABELS,
  ],
  [
    "setMetadata",
    (i) => (i.metadata as Resource).fingerprint,
    "fingerprint",
    { items: ITEMS },
    { metadata: { kind: "compute#metadata", items: ITEMS, fingerprint: expect.any(String) } },
    "Supplied fingerprint does not match current metadata fingerprint.",
  ],
  [
    "setTags",
    (i) => (i.tags as Resource).fingerprint,
    "fingerprint",
    { items: ["worker"] },
    { tags: { items: ["worker"], fingerprint: expect.any(String) } },
    "Supplied fingerprint does not match current tags fingerprint.",
  ],
])("%s is done under the current fingerprint only", async (action, current, field, body, change, message) => {
  const before = await read();
  const first = current(before);
  await act(action, { ...body, [field]: first });
  const after = await read();
  expect(after).toMatchObject(change);
  expect(current(after)).not.toBe(first);
  // Google takes metadata without a fingerprint.
  for (const old of action === "setMetadata" ? [first] : [first, undefined])
    expect(await lab.call("POST", `${PATH}/${action}`, { ...body, [field]: old })).toEqual(stale(message));
  expect(await read()).toEqual(after);
});

test("PUT of the whole changes description and forwarding, and nothing else", async () => {
  const before = await read();
  await lab.mutate("PUT", PATH, { ...before, description: "first", canIpForward: false, status: "LOST" });
  expect(await read()).toEqual({ ...before, description: "first", canIpForward: false });
  await lab.mutate("PUT", PATH, before);
  expect(await read()).toEqual(before);
});

test("the boot disk of a running VM is not detached", async () => {
  expect(await lab.call("POST", `${PATH}/detachDisk?deviceName=persistent-disk-0`)).toEqual(
    failure(
      400,
      "invalid",
      "Invalid value for field 'deviceName': 'persistent-disk-0'. The boot disk of a running instance cannot be detached.",
    ),
  );
});

test("new tags are in force at once", async () => {
  const { tags } = await read();
  await act("setTags", { items: ["worker"], fingerprint: (tags as Resource).fingerprint });
  expect(lab.firewall).toMatchObject([[], [{ name: "controller-0", tags: ["worker"] }]]);
});

test("setScheduling changes what it names, setDeletionProtection follows its parameter", async () => {
  await act("setScheduling", { automaticRestart: false });
  expect((await read()).scheduling).toEqual({
    onHostMaintenance: "MIGRATE",
    automaticRestart: false,
    preemptible: false,
    provisioningModel: "STANDARD",
  });
  await act("setDeletionProtection?deletionProtection=true");
  expect((await read()).deletionProtection).toBe(true);
  await act("setDeletionProtection?deletionProtection=false");
  expect((await read()).deletionProtection).toBe(false);
});

test("stop, start and reset reach the host and show in the status", async () => {
  await act("stop");
  expect(await read()).toMatchObject({ status: "TERMINATED", lastStopTimestamp: TIME });
  await act("start");
  expect(await read()).toMatchObject({ status: "RUNNING" });
  expect(lab.firewall).toMatchObject([[], [{ name: "controller-0" }]]);
  await act("reset");
  expect(await read()).toMatchObject({ status: "RUNNING" });
  expect(lab.hostCalls).toEqual([
    `stop "controller-0"`,
    expect.stringMatching(/^start \{"name":"controller-0","ip":"10\.240\.0\.10",/),
    `reset "controller-0"`,
  ]);
});

test("an instance that could not be started stays stopped", async () => {
  await act("stop");
  lab.broken.add("start");
  expect(await lab.call("POST", `${PATH}/start`)).toEqual(failure(500, "internalError", "start is broken"));
  expect((await read()).status).toBe("TERMINATED");
});

test.each<[string, string, Resource, Resource]>([
  [
    "POST",
    "setMachineType",
    { machineType: `projects/p1/${ZONE}/machineTypes/e2-standard-4` },
    { machineType: `${LINK}/${ZONE}/machineTypes/e2-standard-4` },
  ],
  [
    "POST",
    "setServiceAccount",
    { email: "a@b.c", scopes: ["cloud-platform"] },
    { serviceAccounts: [{ email: "a@b.c", scopes: ["cloud-platform"] }] },
  ],
  [
    "PATCH",
    "updateShieldedInstanceConfig",
    { enableSecureBoot: true },
    { shieldedInstanceConfig: { enableSecureBoot: true } },
  ],
])("%s %s wants a stopped instance", async (method, action, body, change) => {
  const before = await read();
  expect(await lab.call(method, `${PATH}/${action}`, body)).toEqual(
    failure(400, "resourceNotReady", `The instance 'projects/p1/${PATH}' must be stopped; it is RUNNING.`),
  );
  expect(await read()).toEqual(before);
  await act("stop");
  await act(action, body, method);
  expect(await read()).toMatchObject(change);
});

test("a disk is attached under its device name, and detached by it", async () => {
  const path = `${ZONE}/disks/more`;
  await lab.mutate("POST", `${ZONE}/disks`, { name: "more", sizeGb: "5" });
  const { id } = await lab.get(path);
  await act("attachDisk", { source: `projects/p1/${path}` });
  expect((await read()).disks).toMatchObject([
    { deviceName: "persistent-disk-0" },
    { deviceName: "etcd-data" },
    { index: 2, deviceName: "persistent-disk-2", source: `${LINK}/${path}`, diskSizeGb: "5", boot: false },
  ]);
  expect((await lab.get(path)).users).toEqual([`${LINK}/${PATH}`]);
  await act("detachDisk?deviceName=persistent-disk-2");
  expect((await read()).disks).toHaveLength(2);
  expect(await lab.get(path)).not.toHaveProperty("users");
  expect(lab.hostCalls.slice(1)).toEqual([
    `attachDisk "controller-0" {"id":"disk-${id}","deviceName":"persistent-disk-2"}`,
    `detachDisk "controller-0" "persistent-disk-2"`,
  ]);
});

test("a disk that the host could not attach is free again", async () => {
  await lab.mutate("POST", `${ZONE}/disks`, { name: "more", sizeGb: "5" });
  lab.broken.add("attachDisk");
  const answer = await lab.call("POST", `${PATH}/attachDisk`, { source: `${ZONE}/disks/more` });
  expect(answer).toEqual(failure(500, "internalError", "attachDisk is broken"));
  expect(await lab.get(`${ZONE}/disks/more`)).not.toHaveProperty("users");
  expect((await read()).disks).toHaveLength(2);
});

test("a device that is not there cannot be detached", async () => {
  expect(await lab.call("POST", `${PATH}/detachDisk?deviceName=nvme0`)).toEqual(
    failure(
      400,
      "invalid",
      "Invalid value for field 'deviceName': 'nvme0'. No attached disk found with device name.",
    ),
  );
});

test("an action on nothing is a 404, an unknown one a 501 that names it", async () => {
  const other = `${ZONE}/instances/other`;
  expect(await lab.call("POST", `${other}/stop`)).toEqual(notFound(other));
  expect(await lab.call("POST", `${PATH}/suspend`)).toEqual(
    failure(501, "notImplemented", `the lab does not implement suspend of projects/p1/${PATH}`),
  );
});

test("a security policy is cleared, since there is none, and never set", async () => {
  await act("setSecurityPolicy", { networkInterfaces: ["nic0"] });
  expect(await lab.call("POST", `${PATH}/setSecurityPolicy`, { securityPolicy: "p" })).toEqual(
    failure(501, "notImplemented", "the lab does not implement security policies"),
  );
});
