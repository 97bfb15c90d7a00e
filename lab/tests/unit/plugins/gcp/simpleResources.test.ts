import { PartialError, type PropertyMap, UNKNOWN } from "../../../../plugins/framework";
import { FakeCloud } from "./fakeCloud";
import { bare, Stack } from "./stack";

const NETWORK = "gcp:compute/network:Network";
const SUBNETWORK = "gcp:compute/subnetwork:Subnetwork";
const FIREWALL = "gcp:compute/firewall:Firewall";
const ADDRESS = "gcp:compute/address:Address";
const DISK = "gcp:compute/disk:Disk";
const ROUTER = "gcp:compute/router:Router";
const NAT = "gcp:compute/routerNat:RouterNat";
const ACCOUNT = "gcp:serviceaccount/account:Account";
const LINK = "https://www.googleapis.com/compute/v1/";

let cloud: FakeCloud;
let stack: Stack;
beforeEach(async () => {
  cloud = new FakeCloud();
  stack = await Stack.open(await cloud.start());
});
afterEach(() => cloud.stop());

const programs: [string, PropertyMap, string][] = [
  [NETWORK, { name: "n", autoCreateSubnetworks: false }, "projects/p1/global/networks/n"],
  [
    SUBNETWORK,
    { name: "s", network: "n", ipCidrRange: "10.240.0.0/24", privateIpGoogleAccess: true },
    "projects/p1/regions/us-west1/subnetworks/s",
  ],
  [
    FIREWALL,
    {
      name: "f",
      network: `${LINK}projects/p1/global/networks/n`,
      sourceTags: ["a", "b"],
      targetTags: ["c"],
      allows: [{ protocol: "tcp", ports: ["22"] }, { protocol: "icmp" }],
    },
    "projects/p1/global/firewalls/f",
  ],
  [
    ADDRESS,
    { name: "a", addressType: "INTERNAL", address: "10.240.0.10", subnetwork: "s", labels: { env: "dev" } },
    "projects/p1/regions/us-west1/addresses/a",
  ],
  [
    DISK,
    { name: "d", type: "pd-ssd", size: 20, zone: "us-west1-b", labels: { env: "dev" } },
    "projects/p1/zones/us-west1-b/disks/d",
  ],
  [ROUTER, { name: "r", network: "n" }, "projects/p1/regions/us-west1/routers/r"],
  [
    ACCOUNT,
    { accountId: "etcd-controller", displayName: "etcd" },
    "projects/p1/serviceAccounts/etcd-controller@p1.iam.gserviceaccount.com",
  ],
];

describe.each(programs)("%s", (type, program, id) => {
  test("is made, left alone, refreshed and deleted", async () => {
    const saved = await stack.create(type, program);
    expect(saved.id).toBe(id);
    expect(saved.outputs).toMatchObject({ id, project: "p1" });
    expect((await stack.diff(type, saved, program)).detailed).toEqual({});
    const refreshed = await stack.refresh(type, saved);
    expect(refreshed).toEqual(saved);
    await stack.delete(type, saved);
    expect(cloud.resources.size).toBe(0);
    expect(await stack.refresh(type, saved)).toBeUndefined();
    await stack.delete(type, saved);
  });

  test("is imported with the inputs that made it", async () => {
    const saved = await stack.create(type, program);
    const found = await stack.refresh(type, { id, inputs: {}, outputs: {} });
    const difference = await stack.diff(type, found ?? saved, { ...found?.inputs });
    expect(difference.detailed).toEqual({});
  });

  test("already there", async () => {
    await stack.create(type, program);
    const message = /^1 error occurred:\n\t\* Error creating .*: googleapi: Error 409: .* already exists/;
    await expect(stack.create(type, program)).rejects.toThrow(message);
  });
});

test("a preview knows what the program says, and leaves the rest unknown", async () => {
  const { id, outputs } = await stack.create(ADDRESS, { name: "a", address: "10.240.0.10" }, true);
  expect(id).toBe("");
  expect(outputs).toMatchObject({ name: "a", address: "10.240.0.10", region: "us-west1", selfLink: UNKNOWN });
  const account = await stack.create(ACCOUNT, { accountId: "etcd-controller" }, true);
  expect(account.outputs).toMatchObject({ email: "etcd-controller@p1.iam.gserviceaccount.com" });
  expect(cloud.calls).toEqual([]);
});

test("a failed operation leaves nothing in the state when nothing was made", async () => {
  cloud.failNext = "Quota 'NETWORKS' exceeded.";
  const failed = await stack.create(NETWORK, { name: "n" }).catch((error: unknown) => error);
  expect(failed).not.toBeInstanceOf(PartialError);
  expect(String(failed)).toContain(
    "Error waiting to create Network: Error waiting for Creating Network: Quota 'NETWORKS' exceeded.",
  );
});

test("a resource that was made and could not be finished is saved", async () => {
  const id = "projects/p1/regions/us-west1/addresses/a";
  cloud.refused.set(`${id}/setLabels`, 501);
  const failed = await stack
    .create(ADDRESS, { name: "a", labels: { env: "dev" } })
    .catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(PartialError);
  expect((failed as PartialError).partial).toMatchObject({
    id,
    outputs: { name: "a", effectiveLabels: { env: "dev" } },
  });
});

test("network: routing mode changes in place", async () => {
  const saved = await stack.create(NETWORK, { name: "n" });
  await stack.update(NETWORK, saved, { name: "n", routingMode: "GLOBAL" });
  expect(cloud.get(saved.id).routingConfig).toEqual({ routingMode: "GLOBAL" });
});

test("subnetwork: a range grows in place and never shrinks", async () => {
  const program = { name: "s", network: "n", ipCidrRange: "10.240.0.0/24" };
  const saved = await stack.create(SUBNETWORK, program);
  const smaller = await stack.diff(SUBNETWORK, saved, { ...program, ipCidrRange: "10.240.0.0/25" });
  expect(smaller.replaces).toEqual(["__meta"]);
  await stack.update(SUBNETWORK, saved, { ...program, ipCidrRange: "10.240.0.0/23" });
  expect(cloud.mutations().at(-1)).toBe("POST regions/us-west1/subnetworks/s/expandIpCidrRange");
});

test("firewall: a rule is patched, and what the program dropped is emptied", async () => {
  const program = { name: "f", network: "n", allows: [{ protocol: "tcp", ports: ["22"] }] };
  const saved = await stack.create(FIREWALL, { ...program, sourceRanges: ["10.0.0.0/8"], description: "d" });
  await stack.update(FIREWALL, saved, { ...program, sourceTags: ["t"] });
  expect(cloud.bodies.get("PATCH projects/p1/global/firewalls/f")).toMatchObject({
    sourceRanges: [],
    sourceTags: ["t"],
    description: "",
  });
});

test("firewall: the order of a set means nothing", async () => {
  const rule = { name: "f", network: "n", allows: [{ protocol: "tcp" }, { protocol: "udp" }] };
  const saved = await stack.create(FIREWALL, { ...rule, sourceTags: ["a", "b"] });
  const turned = { ...rule, allows: [...rule.allows].reverse(), sourceTags: ["b", "a"] };
  expect((await stack.diff(FIREWALL, saved, turned)).detailed).toEqual({});
});

test("firewall: ingress from nowhere in particular is refused", async () => {
  const open = { name: "f", network: "n", allows: [{ protocol: "tcp" }] };
  const reason = "one of source_tags, source_ranges, or source_service_accounts must be defined";
  await expect(stack.create(FIREWALL, open, true)).rejects.toThrow(reason);
});

test("disk: grows, is labelled, is detached before it goes", async () => {
  const program = { name: "d", size: 20, type: "pd-ssd" };
  let saved = await stack.create(DISK, program);
  expect((await stack.diff(DISK, saved, { ...program, size: 10 })).replaces).toEqual(["__meta"]);
  saved = await stack.update(DISK, saved, { ...program, size: 40, labels: { a: "b" } });
  expect(bare(saved.outputs)).toMatchObject({ size: 40, labels: { a: "b" }, pulumiLabels: { a: "b" } });
  const vm = "projects/p1/zones/us-west1-c/instances/vm";
  cloud.get(saved.id).users = [LINK + vm];
  cloud.resources.set(vm, { disks: [{ deviceName: "data", source: LINK + saved.id }] });
  await stack.delete(DISK, saved);
  expect(cloud.mutations().slice(-2)).toEqual([
    "POST zones/us-west1-c/instances/vm/detachDisk",
    "DELETE zones/us-west1-c/disks/d",
  ]);
});

test("labels: drift shows, foreign labels stay", async () => {
  const program = { name: "d", size: 20, labels: { env: "dev" } };
  const saved = await stack.create(DISK, program);
  cloud.get(saved.id).labels = { env: "prod", other: "kept" };
  const drifted = await stack.refresh(DISK, saved);
  expect(drifted?.inputs.labels).toEqual({ env: "prod" });
  const repair = await stack.diff(DISK, drifted ?? saved, program);
  expect(repair.detailed).toMatchObject({ "labels.env": "UPDATE", "effectiveLabels.env": "UPDATE" });
  await stack.update(DISK, drifted ?? saved, program);
  expect(cloud.get(saved.id).labels).toEqual({ env: "dev", other: "kept" });
});

test("router NATs: several on one router don't lose each other", async () => {
  await stack.create(ROUTER, { name: "r", network: "n" });
  const nat = (name: string) => ({
    name,
    router: "r",
    natIpAllocateOption: "AUTO_ONLY",
    sourceSubnetworkIpRangesToNat: "LIST_OF_SUBNETWORKS",
    subnetworks: [{ name: "s", sourceIpRangesToNats: ["ALL_IP_RANGES"] }],
  });
  const [first, second] = await Promise.all([stack.create(NAT, nat("nat1")), stack.create(NAT, nat("nat2"))]);
  expect(first.id).toBe("p1/us-west1/r/nat1");
  const router = () => cloud.get("projects/p1/regions/us-west1/routers/r").nats as { name: string }[];
  expect(router().map(({ name }) => name)).toEqual(["nat1", "nat2"]);
  expect((await stack.diff(NAT, first, nat("nat1"))).detailed).toEqual({});
  await stack.update(NAT, first, { ...nat("nat1"), minPortsPerVm: 128 });
  expect(router()[0]).toMatchObject({ minPortsPerVm: 128 });
  await stack.delete(NAT, second);
  expect(router().map(({ name }) => name)).toEqual(["nat1"]);
  expect(await stack.refresh(NAT, second)).toBeUndefined();
});

test("account: is renamed and disabled in place", async () => {
  const saved = await stack.create(ACCOUNT, { accountId: "etcd-controller", displayName: "a" });
  const changed = { accountId: "etcd-controller", displayName: "b", disabled: true };
  const after = await stack.update(ACCOUNT, saved, changed);
  expect(after.outputs).toMatchObject({ displayName: "b", disabled: true, uniqueId: "42" });
  expect(after.outputs.member).toBe("serviceAccount:etcd-controller@p1.iam.gserviceaccount.com");
});

test("what the lab can't do is refused, not ignored", async () => {
  await expect(stack.check(DISK, { name: "d", sourceDisk: "x" })).rejects.toThrow(
    "not implemented by the lab",
  );
});

test("a deletion policy is kept to", async () => {
  const saved = await stack.create(NETWORK, { name: "n", deletionPolicy: "PREVENT" });
  await expect(stack.delete(NETWORK, saved)).rejects.toThrow("deletion_policy");
  const abandoned = await stack.update(NETWORK, saved, { name: "n", deletionPolicy: "ABANDON" });
  await stack.delete(NETWORK, abandoned);
  expect(cloud.resources.size).toBe(1);
});

test("the attribution label is put on at creation unless it is turned off", async () => {
  const marking = await Stack.open(cloud.url, { addPulumiAttributionLabel: "true" });
  const saved = await marking.create(DISK, { name: "d", size: 20, labels: { env: "dev" } });
  expect(cloud.get(saved.id).labels).toEqual({ env: "dev", "goog-pulumi-provisioned": "true" });
  expect(saved.outputs.labels).toEqual({ env: "dev" });
  expect((await marking.diff(DISK, saved, { name: "d", size: 20, labels: { env: "dev" } })).detailed).toEqual(
    {},
  );
});

test("without the lab's endpoint the plugin does not start", async () => {
  await expect(Stack.open(cloud.url, { computeCustomEndpoint: "" })).rejects.toThrow(
    "gcp:computeCustomEndpoint",
  );
});

test("a short id is enough for an import", async () => {
  const { id } = await stack.create(DISK, { name: "d", size: 20 });
  const found = await stack.refresh(DISK, { id: "us-west1-c/d", inputs: {}, outputs: {} });
  expect(found).toMatchObject({ id, outputs: { id }, inputs: { name: "d" } });
});

test("a cancellation ends nothing: the official plugin does not listen to it", async () => {
  const cancelled = new AbortController();
  cloud.onMutation = () => cancelled.abort();
  const saved = await stack.create(DISK, { name: "d", size: 20 }, false, cancelled.signal);
  expect(saved.outputs).toMatchObject({ size: 20, diskId: expect.any(String) });
});

test("a change that fails: a disk's state stays, a firewall's says what was asked for", async () => {
  const disk = await stack.create(DISK, { name: "d", size: 20 });
  cloud.refused.set(`${disk.id}/resize`, 400);
  const grown = await stack.update(DISK, disk, { name: "d", size: 30 }).catch((error: unknown) => error);
  expect((grown as PartialError).partial.outputs).toMatchObject({ size: 20 });
  const rule = { name: "f", network: "n", allows: [{ protocol: "tcp" }], sourceTags: ["a"] };
  const firewall = await stack.create(FIREWALL, rule);
  cloud.refused.set(firewall.id, 400);
  const changed = { ...rule, sourceTags: ["b"] };
  const refused = await stack.update(FIREWALL, firewall, changed).catch((error: unknown) => error);
  expect((refused as PartialError).partial.outputs).toMatchObject({ sourceTags: ["b"] });
});

test("500 is tried again, as the official provider does", async () => {
  const path = "projects/p1/zones/us-west1-c/disks";
  cloud.refused.set(path, 500);
  cloud.onMutation = () => {
    if (cloud.calls.filter((call) => call === `POST ${path}`).length === 2) cloud.refused.delete(path);
  };
  await stack.create(DISK, { name: "d", size: 20 });
  expect(cloud.mutations()).toEqual(["POST zones/us-west1-c/disks", "POST zones/us-west1-c/disks"]);
});

test("a disk is encrypted by a key, whose version does not matter", async () => {
  const kmsKeySelfLink = "projects/p1/locations/us-west1/keyRings/r/cryptoKeys/k";
  const program = { name: "d", size: 20, diskEncryptionKey: { kmsKeySelfLink } };
  const saved = await stack.create(DISK, program);
  expect(cloud.get(saved.id).diskEncryptionKey).toEqual({ kmsKeyName: kmsKeySelfLink });
  cloud.get(saved.id).diskEncryptionKey = { kmsKeyName: `${kmsKeySelfLink}/cryptoKeyVersions/1` };
  const seen = (await stack.refresh(DISK, saved)) ?? saved;
  expect((await stack.diff(DISK, seen, program)).changes).toBe("NONE");
  const other = { ...program, diskEncryptionKey: { kmsKeySelfLink: `${kmsKeySelfLink}2` } };
  expect((await stack.diff(DISK, seen, other)).replaces).toEqual(["diskEncryptionKey.kmsKeySelfLink"]);
});
