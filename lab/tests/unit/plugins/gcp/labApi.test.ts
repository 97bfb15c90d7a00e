import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { createApi } from "../../../../api/server";
import { Store } from "../../../../api/store";
import type { HostBackend } from "../../../../hosts/backend";
import type { PropertyMap } from "../../../../plugins/framework";
import { bare, type Saved, Stack } from "./stack";

// The plugin on the lab's own API, with hosts that only remember what they were told.

const TYPES = {
  network: "gcp:compute/network:Network",
  subnetwork: "gcp:compute/subnetwork:Subnetwork",
  firewall: "gcp:compute/firewall:Firewall",
  address: "gcp:compute/address:Address",
  disk: "gcp:compute/disk:Disk",
  router: "gcp:compute/router:Router",
  nat: "gcp:compute/routerNat:RouterNat",
  account: "gcp:serviceaccount/account:Account",
  instance: "gcp:compute/instance:Instance",
};

const KEY = "projects/p1/locations/us-west1/keyRings/ring/cryptoKeys/disks";
const NIC = { subnetwork: "kubernetes", networkIp: "10.240.0.10" };

/** The resources of one controller, in the order of creation. */
const PROGRAM: [keyof typeof TYPES, PropertyMap][] = [
  ["network", { name: "kthw", autoCreateSubnetworks: false }],
  [
    "subnetwork",
    { name: "kubernetes", network: "kthw", ipCidrRange: "10.240.0.0/24", privateIpGoogleAccess: true },
  ],
  [
    "firewall",
    {
      name: "kthw-etcd",
      description: "etcd",
      network: "kthw",
      direction: "INGRESS",
      allows: [{ protocol: "tcp", ports: ["2379", "2380"] }],
      sourceTags: ["controller"],
      targetTags: ["controller"],
    },
  ],
  ["router", { name: "kthw-router", network: "kthw" }],
  [
    "nat",
    {
      name: "kthw-nat",
      router: "kthw-router",
      natIpAllocateOption: "AUTO_ONLY",
      sourceSubnetworkIpRangesToNat: "LIST_OF_SUBNETWORKS",
      subnetworks: [{ name: "kubernetes", sourceIpRangesToNats: ["ALL_IP_RANGES"] }],
    },
  ],
  ["account", { accountId: "etcd-controller", displayName: "etcd controllers (no roles)" }],
  [
    "address",
    { name: "controller-0", addressType: "INTERNAL", address: "10.240.0.10", subnetwork: "kubernetes" },
  ],
  [
    "disk",
    {
      name: "controller-0-etcd-data",
      type: "pd-ssd",
      size: 10,
      labels: { env: "lab" },
      diskEncryptionKey: { kmsKeySelfLink: KEY },
    },
  ],
  [
    "instance",
    {
      name: "controller-0",
      machineType: "e2-standard-2",
      canIpForward: true,
      tags: ["kubernetes-the-hard-way", "controller"],
      labels: { env: "lab" },
      bootDisk: {
        initializeParams: { image: "debian-cloud/debian-12", size: 20, type: "pd-balanced" },
        kmsKeySelfLink: KEY,
      },
      attachedDisks: [
        {
          source: "controller-0-etcd-data",
          deviceName: "etcd-data",
          mode: "READ_WRITE",
          kmsKeySelfLink: KEY,
        },
      ],
      networkInterfaces: [{ ...NIC, accessConfigs: [{ networkTier: "PREMIUM" }] }],
      shieldedInstanceConfig: { enableSecureBoot: true, enableVtpm: true, enableIntegrityMonitoring: true },
      serviceAccount: {
        email: "etcd-controller@p1.iam.gserviceaccount.com",
        scopes: ["https://www.googleapis.com/auth/logging.write"],
      },
      metadata: { "enable-oslogin": "FALSE", "startup-script": "#!/bin/sh" },
    },
  ],
];

const directory = mkdtempSync(join(tmpdir(), "gcp-"));
const hostCalls: string[] = [];
const backend = new Proxy({} as HostBackend, {
  get: (_, call: string) => async (subject: unknown) => {
    if (call !== "applyFirewall") hostCalls.push(`${call} ${JSON.stringify(subject)}`);
    return call === "isRunning";
  },
});
const saved = new Map<string, Saved>();
let api: FastifyInstance;
let stack: Stack;

beforeAll(async () => {
  api = createApi({ store: new Store(join(directory, "state.json")), backend });
  await api.listen({ host: "127.0.0.1", port: 0 });
  stack = await Stack.open(`http://127.0.0.1:${(api.server.address() as { port: number }).port}`);
});

afterAll(async () => {
  api.server.closeAllConnections();
  await api.close();
  rmSync(directory, { recursive: true });
});

test("everything is made", async () => {
  for (const [kind, program] of PROGRAM) saved.set(kind, await stack.create(TYPES[kind], program));
  const instance = bare(saved.get("instance")?.outputs ?? {});
  expect(instance).toMatchObject({
    currentStatus: "RUNNING",
    instanceId: expect.stringMatching(/^\d{19}$/),
    networkInterfaces: [
      { networkIp: "10.240.0.10", accessConfigs: [{ natIp: expect.stringMatching(/\./) }] },
    ],
  });
  expect(hostCalls.filter((call) => call.startsWith("start"))).toHaveLength(1);
});

test.each(PROGRAM)("%s: a second run changes nothing, and neither does a refresh", async (kind, program) => {
  const before = saved.get(kind) as Saved;
  expect((await stack.diff(TYPES[kind], before, program)).detailed).toEqual({});
  const after = (await stack.refresh(TYPES[kind], before)) as Saved;
  expect(after.inputs).toEqual(before.inputs);
  expect((await stack.diff(TYPES[kind], after, program)).detailed).toEqual({});
});

test.each<[keyof typeof TYPES, PropertyMap]>([
  ["firewall", { sourceTags: ["controller", "api-server"] }],
  ["firewall", { priority: 900, disabled: true }],
  ["network", { routingMode: "GLOBAL" }],
  ["router", { description: "way out" }],
  ["nat", { minPortsPerVm: 128 }],
  ["account", { displayName: "other" }],
  ["address", { labels: { a: "b" } }],
  ["disk", { size: 20, labels: { env: "dev" } }],
  ["instance", { tags: ["controller"], labels: { env: "dev" }, deletionProtection: true }],
  ["instance", { metadata: { "startup-script": "#!/bin/sh\ntrue" }, deletionProtection: false }],
  ["instance", { machineType: "e2-standard-4", allowStoppingForUpdate: true }],
  ["instance", { desiredStatus: "TERMINATED" }],
  ["instance", { desiredStatus: "RUNNING" }],
  ["instance", { networkInterfaces: [NIC] }],
  ["instance", { networkInterfaces: [{ ...NIC, accessConfigs: [{}] }] }],
  ["instance", { attachedDisks: [] }],
])("%s: %j in place", async (kind, changes) => {
  const entry = PROGRAM.find(([name]) => name === kind) as [string, PropertyMap];
  const program = { ...entry[1], ...changes };
  const before = saved.get(kind) as Saved;
  expect((await stack.diff(TYPES[kind], before, program)).changes).toBe("SOME");
  const after = await stack.update(TYPES[kind], before, program);
  expect((await stack.diff(TYPES[kind], after, program)).detailed).toEqual({});
  saved.set(kind, (await stack.refresh(TYPES[kind], after)) as Saved);
});

test("everything is deleted", async () => {
  for (const [kind] of [...PROGRAM].reverse()) {
    const last = saved.get(kind) as Saved;
    await stack.delete(TYPES[kind], last);
    expect(await stack.refresh(TYPES[kind], last)).toBeUndefined();
  }
});
