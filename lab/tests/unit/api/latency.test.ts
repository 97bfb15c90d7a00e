import type { Resource } from "../../../api/store";
import {
  DISK,
  failure,
  INSTANCE,
  LabApi,
  NETWORK,
  notFound,
  operation,
  prepare,
  REGION,
  SUBNETWORK,
  ZONE,
} from "./labApi";

// Operations that take their time, on a clock of the test's own.

let lab: LabApi;
beforeEach(async () => {
  lab = new LabApi();
});
afterEach(() => lab.close());

const VM = `${ZONE}/instances/controller-0`;
const begin = () => lab.conditions({ latency: "gce" });
const status = async (path: string) => (await lab.get(path)).status;
const operationPath = ({ selfLink }: { selfLink?: unknown }) =>
  String(selfLink).replace(/^.*\/projects\/p1\//, "");

/** An operation that has not ended. */
function running(type: string, scope: string, target: string) {
  const { endTime: _endTime, ...rest } = operation(type, scope, target);
  return { ...rest, status: "RUNNING", progress: 0 };
}

test.each([
  ["network", "global", "networks", NETWORK, 12],
  ["subnetwork", REGION, "subnetworks", SUBNETWORK, 12],
  ["router", REGION, "routers", { name: "r", network: "global/networks/kthw" }, 4],
  [
    "firewall",
    "global",
    "firewalls",
    {
      name: "f",
      network: "global/networks/kthw",
      allowed: [{ IPProtocol: "tcp" }],
      sourceRanges: ["10.0.0.0/8"],
    },
    8,
  ],
  ["address", REGION, "addresses", { name: "a", addressType: "EXTERNAL" }, 3],
  ["disk", ZONE, "disks", DISK, 3],
])(
  "a %s is there at once, and made and deleted in its time",
  async (kind, scope, collection, body, seconds) => {
    if (kind !== "network") await prepare(lab);
    await begin();
    const path = `${scope}/${collection}/${body.name}`;
    for (const [method, type] of [
      ["POST", "insert"],
      ["DELETE", "delete"],
    ] as const) {
      const started = await lab.mutate(
        method,
        method === "POST" ? `${scope}/${collection}` : path,
        method === "POST" ? body : undefined,
      );
      expect(started).toEqual(running(type, scope, `${collection}/${body.name}`));
      lab.clock += seconds * 1000 - 1;
      expect(await lab.get(operationPath(started))).toEqual(started);
      expect(await lab.get(path)).toMatchObject({ name: body.name });
      lab.clock += 1;
      expect(await lab.get(operationPath(started))).toEqual(
        operation(type, scope, `${collection}/${body.name}`),
      );
    }
    expect(await lab.call("GET", path)).toEqual(notFound(path));
  },
);

test("an instance is seen on its way up and on its way out", async () => {
  await prepare(lab, "subnetwork", "address", "disk");
  await begin();
  const started = await lab.mutate("POST", `${ZONE}/instances`, INSTANCE);
  expect(await status(VM)).toBe("PROVISIONING");
  lab.clock += 6_000;
  expect(await status(VM)).toBe("STAGING");
  expect(await status(operationPath(started))).toBe("RUNNING");
  lab.clock += 6_000;
  expect(await status(VM)).toBe("RUNNING");
  expect(await status(operationPath(started))).toBe("DONE");

  await lab.mutate("POST", `${VM}/stop`);
  expect(await status(VM)).toBe("STOPPING");
  expect(
    await lab.call("POST", `${VM}/setMachineType`, { machineType: `${ZONE}/machineTypes/e2-medium` }),
  ).toMatchObject({ status: 400, body: { error: { errors: [{ reason: "resourceNotReady" }] } } });
  lab.clock += 20_000;
  expect(await status(VM)).toBe("TERMINATED");
  const changed = await lab.mutate("POST", `${VM}/setMachineType`, {
    machineType: `${ZONE}/machineTypes/e2-medium`,
  });
  expect(changed.status).toBe("RUNNING");
  lab.clock += 2_000;
  expect(await status(operationPath(changed))).toBe("DONE");
  await lab.mutate("POST", `${VM}/start`);
  expect(await status(VM)).toBe("PROVISIONING");
  lab.clock += 12_000;
  expect(await status(VM)).toBe("RUNNING");

  lab.hostCalls.length = 0;
  await lab.mutate("DELETE", VM);
  expect(await status(VM)).toBe("STOPPING");
  expect(lab.hostCalls).toEqual([]);
  lab.clock += 20_000;
  expect(await lab.call("GET", VM)).toEqual(notFound(VM));
  expect(lab.hostCalls[0]).toBe('destroy "controller-0"');
  expect(await lab.get(`${ZONE}/disks/data-0`)).not.toHaveProperty("users");
});

test("what is being made can be neither made again, nor deleted, nor used", async () => {
  await prepare(lab);
  await begin();
  await lab.mutate("POST", `${REGION}/subnetworks`, SUBNETWORK);
  const path = `projects/p1/${REGION}/subnetworks/kubernetes`;
  const notReady = failure(400, "resourceNotReady", `The resource '${path}' is not ready`);
  expect(await lab.call("POST", `${REGION}/subnetworks`, SUBNETWORK)).toEqual(
    failure(409, "alreadyExists", `The resource '${path}' already exists`),
  );
  expect(await lab.call("DELETE", `${REGION}/subnetworks/kubernetes`)).toEqual(notReady);
  const address = { name: "a", addressType: "INTERNAL", subnetwork: path };
  expect(await lab.call("POST", `${REGION}/addresses`, address)).toEqual(notReady);
  lab.clock += 12_000;
  await lab.mutate("POST", `${REGION}/addresses`, address);
});

test("what is being deleted can be changed no longer", async () => {
  await prepare(lab, "disk");
  await begin();
  await lab.mutate("DELETE", `${ZONE}/disks/data-0`);
  const notReady = failure(
    400,
    "resourceNotReady",
    `The resource 'projects/p1/${ZONE}/disks/data-0' is not ready`,
  );
  expect(await lab.call("POST", `${ZONE}/disks/data-0/resize`, { sizeGb: "20" })).toEqual(notReady);
  expect(await lab.call("DELETE", `${ZONE}/disks/data-0`)).toEqual(notReady);
});

test.each([
  ["a disk", `${ZONE}/disks/data-0`, { env: "lab" }, 2000],
  // Answered DONE at once, and read as before all the same.
  ["an image", "global/images/golden", {}, 1000],
])("new labels of %s are read a while later", async (_, path, before, ms) => {
  await prepare(lab, "disk");
  await lab.mutate("POST", "global/images", { name: "golden", sourceDisk: `${ZONE}/disks/data-0` });
  await begin();
  const { labelFingerprint } = await lab.get(path);
  const labels = { env: "dev" };
  await lab.mutate("POST", `${path}/setLabels`, { labels, labelFingerprint });
  const list = async () =>
    ((await lab.get(path.replace(/\/[^/]+$/, ""))).items as Resource[]).find((one) =>
      path.endsWith(`/${one.name}`),
    );
  lab.clock += ms - 1;
  for (const seen of [await lab.get(path), await list()])
    expect([seen?.labels ?? {}, seen?.labelFingerprint]).toEqual([before, labelFingerprint]);
  // They are in force already: who has read the old ones is refused.
  expect((await lab.call("POST", `${path}/setLabels`, { labels: {}, labelFingerprint })).status).toBe(412);
  lab.clock += 1;
  for (const seen of [await lab.get(path), await list()]) expect(seen?.labels).toEqual(labels);
});

test("running operations end in time when the API was killed meanwhile", async () => {
  await prepare(lab, "subnetwork", "address", "disk");
  await begin();
  const made = await lab.mutate("POST", `${ZONE}/instances`, INSTANCE);
  const gone = await lab.mutate("POST", "global/networks", { name: "other", autoCreateSubnetworks: false });
  await lab.restart();
  expect(await status(operationPath(made))).toBe("RUNNING");
  expect(await status(VM)).toBe("PROVISIONING");
  lab.clock += 12_000;
  await lab.restart();
  expect([await status(operationPath(made)), await status(operationPath(gone))]).toEqual(["DONE", "DONE"]);
  expect(await status(VM)).toBe("RUNNING");
});

test("an operation whose work fails ends with the error, and the resource stays", async () => {
  await prepare(lab, "subnetwork", "address", "disk", "instance");
  await begin();
  lab.broken.add("destroy");
  const started = await lab.mutate("DELETE", VM);
  lab.clock += 20_000;
  expect(await lab.get(operationPath(started))).toMatchObject({
    status: "DONE",
    httpErrorStatusCode: 500,
    error: { errors: [{ code: "INTERNAL_ERROR", message: "destroy is broken" }] },
  });
  expect(await lab.get(VM)).toMatchObject({ name: "controller-0" });
});

test("without latency every operation is DONE when it is answered", async () => {
  await begin();
  await lab.conditions({ latency: "none" });
  expect(await lab.mutate("POST", "global/networks", NETWORK)).toEqual(
    operation("insert", "global", "networks/kthw"),
  );
});
