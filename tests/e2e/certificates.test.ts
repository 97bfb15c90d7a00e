import { CLIENTS_MAY_REACH, Cluster, controllers, SEED_IDS } from "./harness/cluster";
import { Lab } from "./harness/lab";
import { expectNothingLost, startClients } from "./harness/watched";
import type { Workload } from "./harness/workload";

const HOSTS = controllers(3);
const CA_1_AND_2 = { "caTrusted[0]": "1", "caTrusted[1]": "2" };

const lab = new Lab();
const cluster = new Cluster(lab);
let clients: Workload;

beforeAll(async () => {
  await lab.boot();
  await lab.mustUp({ ...CLIENTS_MAY_REACH, etcdVersion: "3.5.33" });
  clients = await startClients(lab);
});
afterAll(() => lab.down());

/** What every member serves, on both ports. */
function served(): Promise<string[]> {
  return Promise.all(
    HOSTS.flatMap((host, index) =>
      [2379, 2380].map((port) => cluster.served(host, `10.240.0.1${index}`, port)),
    ),
  );
}

test("a leaf certificate inside its window is renewed by a plain up, without a restart", async () => {
  const [pids, before] = [await cluster.pids(HOSTS), await served()];
  await lab.leavesEndIn(20);
  const preview = await lab.must("pulumi", "preview", "--non-interactive");
  expect(preview.output).toMatch(/LocallySignedCert etcd-pki-controller-1 replace/);
  await lab.mustUp();
  const after = await served();
  for (const [index, certificate] of after.entries()) expect(certificate).not.toBe(before[index]);
  expect(await cluster.pids(HOSTS)).toEqual(pids);
});

test("a certificate that will soon be due is a warning in the preview, and its end is an output", async () => {
  await lab.leavesEndIn(50, /1/);
  const { output } = await lab.must("pulumi", "preview", "--non-interactive");
  expect(output).toMatch(
    /warning: certificate controller-1 expires in 1199 hours, .* renews it without a restart/,
  );
  const ends = (await lab.outputs()).certificateExpiry as Record<string, string>;
  expect(Object.keys(ends).sort()).toEqual(["ca-1", "etcd-client", ...HOSTS, "kubernetes"].sort());
});

describe("a CA", () => {
  const unchanged = async (act: () => Promise<void>) => {
    const before = [await cluster.pids(HOSTS), await served(), (await lab.outputs()).kubernetesCertPem];
    await act();
    expect([await cluster.pids(HOSTS), await served(), (await lab.outputs()).kubernetesCertPem]).toEqual(
      before,
    );
  };

  test("is not replaced in one step", () =>
    unchanged(async () => {
      const output = await lab.upRefused({ "caTrusted[0]": "2", caActive: "2" });
      expect(output).toContain("serves a certificate of a CA that would no longer be trusted");
      expect(output).toContain("refused, nothing was changed on controller-0");
    }));

  test("does not sign before every member trusts it", () =>
    unchanged(async () => {
      const output = await lab.upRefused({ ...CA_1_AND_2, caActive: "2" });
      expect(output).toContain("does not trust the CA that signs the new certificate");
    }));

  test("is trusted first, by a rolling restart", async () => {
    const pids = await cluster.pids(HOSTS);
    await lab.mustUp({ ...CA_1_AND_2, caActive: "1" });
    for (const [index, pid] of (await cluster.pids(HOSTS)).entries()) expect(pid).not.toBe(pids[index]);
    await clients.refreshCredentials();
  });

  test("signs next, without a restart", async () => {
    const [pids, before] = [await cluster.pids(HOSTS), await served()];
    await lab.mustUp({ caActive: "2" });
    for (const [index, certificate] of (await served()).entries())
      expect(certificate).not.toBe(before[index]);
    expect(await cluster.pids(HOSTS)).toEqual(pids);
    await clients.refreshCredentials();
  });

  test("is the only one at last; the old one is gone from the members and the clients", async () => {
    await lab.unset("caTrusted");
    await lab.mustUp({ "caTrusted[0]": "2" });
    const outputs = await lab.outputs();
    expect(String(outputs.caCertPem).match(/BEGIN CERTIFICATE/g)).toHaveLength(1);
    for (const host of HOSTS) {
      expect(await lab.onHost(host, "grep", "-c", "BEGIN CERTIFICATE", "/etc/etcd/ca.pem")).toBe("1");
    }
    await clients.refreshCredentials();
  });
});

test("nothing that was acknowledged is lost", async () => {
  expect(Object.values(await cluster.memberIds())).toEqual(SEED_IDS);
  await expectNothingLost(clients, "renewal and CA rotation");
});
