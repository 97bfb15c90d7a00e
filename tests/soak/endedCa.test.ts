import { webcrypto } from "node:crypto";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { readStackExport } from "../../core/stackExport";
import { ALGORITHM, caKey, DAY_MS, layBadCertificate } from "../e2e/harness/badCertificate";
import { CLIENTS_MAY_REACH, Cluster, controllers } from "../e2e/harness/cluster";
import { Lab } from "../e2e/harness/lab";

const HOSTS = controllers(3);

const lab = new Lab();
const cluster = new Cluster(lab);
let clusterId: string;

beforeAll(async () => {
  await lab.boot();
  await lab.mustUp({ ...CLIENTS_MAY_REACH, etcdVersion: "3.5.33" });
  await lab.must("etcdctl", "put", "kept", "value");
  clusterId = await cluster.clusterId();
});
afterAll(() => lab.down());

/** The stack's CA as it would be if it had ended yesterday: the same key and name. */
async function endedCa(): Promise<string> {
  const state = readStackExport(await lab.plainState());
  const ca = state.find(({ name }) => name === "etcd-pki-ca-1");
  const now = new x509.X509Certificate(String(ca?.outputs.certPem));
  const ended = await x509.X509CertificateGenerator.create(
    {
      subject: now.subjectName.toString(),
      issuer: now.subjectName.toString(),
      notBefore: new Date(Date.now() - 3 * DAY_MS),
      notAfter: new Date(Date.now() - DAY_MS),
      publicKey: now.publicKey,
      signingKey: (await caKey(lab)) as CryptoKey,
      signingAlgorithm: ALGORITHM,
      extensions: now.extensions,
    },
    webcrypto as unknown as Crypto,
  );
  return `${ended.toString("pem")}\n`;
}

async function expectWhole(): Promise<void> {
  await cluster.expectMembers(3);
  expect(await cluster.clusterId()).toBe(clusterId);
  expect((await lab.must("etcdctl", "get", "kept", "--print-value-only")).stdout.trim()).toBe("value");
  await cluster.expectAsDeclared();
}

test("expired leaves, and a bundle that changes, in one up", async () => {
  for (const host of HOSTS) await layBadCertificate(lab, host, "expired");
  await lab.leavesEndIn(-1);
  await lab.mustUp({ "caTrusted[0]": "1", "caTrusted[1]": "2" });
  await expectWhole();
});

test("a CA that has expired on every member, and is recreated", async () => {
  await lab.mustUp({ caTrusted: "[1]" }).catch(() => undefined);
  await lab.unset("caTrusted").catch(() => undefined);
  await lab.mustUp();
  const pem = Buffer.from(await endedCa()).toString("base64");
  for (const host of HOSTS) await lab.onHost(host, "sh", "-c", `echo ${pem} | base64 -d >/etc/etcd/ca.pem`);
  for (const host of HOSTS) await lab.onHost(host, "systemctl", "kill", "-s", "KILL", "etcd");
  await lab.editState((resource) => {
    if (/SelfSignedCert::etcd-pki-ca-1$/.test(resource.urn))
      resource.outputs.validityEndTime = new Date(Date.now() - DAY_MS).toISOString();
  });
  await lab.mustUp();
  await expectWhole();
});
