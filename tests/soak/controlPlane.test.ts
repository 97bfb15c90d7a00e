import { Cluster, controllers } from "../e2e/harness/cluster";
import { ApiClient, ControlPlane } from "../e2e/harness/controlPlane";
import { Lab } from "../e2e/harness/lab";

const HOSTS = controllers(3);
/** kube-apiserver is built from its Go modules, once for each machine. */
const BUILD_LIMIT_MS = 3_600_000;

const lab = new Lab();
const cluster = new Cluster(lab);
const controlPlane = new ControlPlane(lab);
let client: ApiClient;

beforeAll(async () => {
  await lab.boot();
  await controlPlane.build();
  await lab.mustUp();
}, BUILD_LIMIT_MS);
afterAll(() => lab.down());

test("an etcd stack that does not export its SSH access is told apart, and nothing is made", async () => {
  const { status, output } = await controlPlane.up();
  expect(status).not.toBe(0);
  expect(output).toContain(
    "etcd stack outputs have no sshAccess; set exportSshAccess to true on the etcd stack and run `pulumi up` there",
  );
  expect(output).not.toMatch(/Command kube-apiserver-\d-\w+ creat/);
});

test("an etcd stack of another contract is refused by both versions, and nothing is made", async () => {
  await lab.mustUp({ exportSshAccess: "true" });
  const contract = (version: number) =>
    lab.editState((resource) => {
      if (resource.urn.endsWith("::etcd-on-gce-lab")) resource.outputs.contractVersion = version;
    });
  await contract(2);
  const { status, output } = await controlPlane.up();
  await contract(1);
  expect(status).not.toBe(0);
  expect(output).toContain("contractVersion: got 2; this reader knows 1");
  expect(output).not.toMatch(/(Command|PrivateKey) \S+ creat/);
});

test("real API servers come up on the controllers, by the outputs alone", async () => {
  await controlPlane.mustUp();
  expect((await controlPlane.outputs()).apiServers).toEqual(
    HOSTS.map((_host, index) => `https://10.240.0.1${index}:6443`),
  );
  for (const host of HOSTS) {
    expect(await lab.onHost(host, "systemctl", "is-active", "kube-apiserver")).toBe("active");
  }
  // What they write is in this etcd.
  const { stdout } = await lab.must("etcdctl", "get", "/registry/namespaces/", "--prefix", "--keys-only");
  expect(stdout).toContain("/registry/namespaces/kube-system");
});

test("no key of theirs is shown", () => {
  expect(lab.printed.join("\n")).not.toMatch(/PRIVATE KEY|client-key-data/);
});

test("a second up changes nothing", async () => {
  expect(await controlPlane.mustUp()).toMatch(/Resources:\n +\d+ unchanged(\n|$)/);
});

describe("the API is served", () => {
  beforeAll(async () => {
    client = await ApiClient.start(lab, controlPlane);
  });

  test("and etcd gets a secret encrypted", async () => {
    const secret = { metadata: { name: "planted" }, stringData: { password: "planted-password" } };
    await client.create("/api/v1/namespaces/default/secrets", secret);
    const { stdout } = await lab.must("etcdctl", "get", "/registry/secrets/default/planted");
    expect(stdout).toContain("k8s:enc:secretbox:v1:key1:");
    expect(stdout).not.toContain("planted-password");
  });

  test("through a rolled upgrade of etcd", async () => {
    await lab.mustUp({ etcdVersion: "3.5.33" });
    expect(await cluster.versions(HOSTS)).toEqual(["3.5.33", "3.5.33", "3.5.33"]);
    expect(await controlPlane.mustUp()).toMatch(/Resources:\n +\d+ unchanged(\n|$)/);
  });

  test.each<[string, () => Promise<unknown>]>([
    ["trusted as well", () => lab.mustUp({ "caTrusted[0]": "1", "caTrusted[1]": "2", caActive: "1" })],
    ["signing", () => lab.mustUp({ caActive: "2" })],
    [
      "the only one",
      async () => {
        await lab.unset("caTrusted");
        await lab.mustUp({ "caTrusted[0]": "2" });
      },
    ],
  ])("through a CA rotation: %s", async (_step, etcdUp) => {
    await etcdUp();
    await controlPlane.mustUp();
    await client.refresh();
  });

  test("without a request that no API server served, and every object is listed", async () => {
    const summary = await client.stop();
    process.stderr.write(
      `control plane: ${summary.created} objects, ${summary.failedOver} requests served by a different API server from the ` +
        `first one asked, longest time between two objects ${summary.longestGapMs} ms\n`,
    );
    expect(summary.refusedByAll).toEqual([]);
    expect(summary.missing).toEqual([]);
    expect(summary.created).toBeGreaterThan(100);
    expect(summary.listed).toBe(summary.created);
  });
});
