import execa from "execa";
import { Cluster, controllers, SEED_IDS } from "../e2e/harness/cluster";
import { Lab } from "../e2e/harness/lab";

// A project where the organisation forbids whatever a setting can do without: docs/operate/environments.md.

const lab = new Lab();
const cluster = new Cluster(lab);
const HOSTS = controllers(3);
const KEY = "projects/etcd-lab/locations/us-west1/keyRings/ring/cryptoKeys/disks";
const ACCOUNT = "etcd-vms@etcd-lab.iam.gserviceaccount.com";
const OBEYED = [
  "compute.vmExternalIpAccess",
  "compute.vmCanIpForward",
  "gcp.restrictNonCmekServices",
  "iam.disableServiceAccountCreation",
];

interface Instance {
  readonly id: string;
  readonly canIpForward: boolean;
  readonly serviceAccounts: { readonly email: string }[];
  readonly disks: { readonly source: string; readonly diskEncryptionKey?: { readonly kmsKeyName: string } }[];
  readonly networkInterfaces: { readonly accessConfigs?: unknown[] }[];
}

const vms = () =>
  Promise.all(
    HOSTS.map(
      (host, i) => lab.api("GET", `zones/us-west1-${"aba"[i]}/instances/${host}`) as Promise<Instance>,
    ),
  );

/** In the namespace of engine and network. */
const nft = (rule: string) => execa("nsenter", ["--net=/run/netns/etcd-lab", "--", "nft", rule]);

beforeAll(async () => {
  await lab.boot();
  await lab.api("POST", "../../../../iam/v1/projects/etcd-lab/serviceAccounts", {
    accountId: "etcd-vms",
    serviceAccount: {},
  });
  for (const constraint of OBEYED) await lab.must("policy", "deny", constraint);
});
afterAll(() => lab.down());

test("the first up from a workstation makes everything but the cluster, without a public address", async () => {
  await nft("add table inet workstation");
  await nft("add chain inet workstation out { type filter hook output priority 0 ; }");
  await nft("add rule inet workstation out ip daddr 10.240.0.0/24 tcp dport 22 drop");
  const output = await lab.upRefused({
    sshReach: "internal",
    sshDialErrorLimit: "1",
    canIpForward: "false",
    diskKmsKey: KEY,
    serviceAccountEmail: ACCOUNT,
    // One zone of the lab does without c3.
    "zones[0]": "us-west1-a",
    "zones[1]": "us-west1-b",
  });
  expect(output).toMatch(/after 1 failed attempts: dial tcp 10\.240\.0\.1\d:22: i\/o timeout/);
  for (const { networkInterfaces, canIpForward, disks, serviceAccounts } of await vms()) {
    expect(networkInterfaces.flatMap(({ accessConfigs = [] }) => accessConfigs)).toEqual([]);
    expect(canIpForward).toBe(false);
    expect(serviceAccounts.map(({ email }) => email)).toEqual([ACCOUNT]);
    for (const { diskEncryptionKey } of disks) expect(diskEncryptionKey?.kmsKeyName).toContain(KEY);
  }
  expect(await lab.api("GET", "regions/us-west1/routers/kubernetes-the-hard-way-router")).toMatchObject({
    nats: [expect.objectContaining({ name: "kubernetes-the-hard-way-nat" })],
  });
});

test("an up from a runner in the subnet goes on where that one ended", async () => {
  const before = (await vms()).map(({ id }) => id);
  await nft("delete table inet workstation");
  await lab.unset("sshDialErrorLimit");
  await lab.mustUp();
  expect((await vms()).map(({ id }) => id)).toEqual(before);
  expect(Object.values(await cluster.memberIds())).toEqual(SEED_IDS);
  expect(await lab.mustUp()).toMatch(/Resources:\n +\d+ unchanged(\n|$)/);
});

test("a machine type of another generation replaces the VMs, one at a time, under the same policies", async () => {
  const before = (await vms()).map(({ id }) => id);
  const output = await lab.mustUp({ machineType: "c3-standard-4" });
  const order = [...output.matchAll(/(Instance controller-\d created|Command member-\d-converge updated)/g)];
  expect(order.map(([, what]) => what)).toEqual(
    [0, 1, 2].flatMap((i) => [`Instance controller-${i} created`, `Command member-${i}-converge updated`]),
  );
  for (const [index, { id }] of (await vms()).entries()) expect(id).not.toBe(before[index]);
  expect(Object.values(await cluster.memberIds())).toEqual(SEED_IDS);
});

test("another range for the subnet, of which the engine is no part", async () => {
  await lab.must("pulumi", "destroy", "--yes", "--non-interactive");
  await lab.mustUp({ subnetCidr: "10.240.0.64/26", "sshSourceRanges[0]": "10.240.0.1/32" });
  const { endpoints } = await lab.outputs();
  expect(endpoints).toEqual([74, 75, 76].map((host) => `https://10.240.0.${host}:2379`));
});
