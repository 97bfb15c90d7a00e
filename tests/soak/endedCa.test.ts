import { webcrypto } from "node:crypto";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { readStackExport } from "../../core/stackExport";
import { layBadCertificate } from "../e2e/harness/badCertificate";
import { CLIENTS_MAY_REACH, Cluster, controllers } from "../e2e/harness/cluster";
import { Lab } from "../e2e/harness/lab";

const HOSTS = controllers(3);
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const DAY_MS = 86_400_000;

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
  const output = (pattern: RegExp, name: string) =>
    String(state.find((resource) => pattern.test(resource.name))?.outputs[name]);
  const key = await webcrypto.subtle.importKey(
    "pkcs8",
    x509.PemConverter.decodeFirst(output(/^etcd-pki-ca-1-key$/, "privateKeyPemPkcs8")),
    ALGORITHM,
    false,
    ["sign"],
  );
  const now = new x509.X509Certificate(output(/^etcd-pki-ca-1$/, "certPem"));
  const ended = await x509.X509CertificateGenerator.create(
    {
      subject: now.subjectName.toString(),
      issuer: now.subjectName.toString(),
      notBefore: new Date(Date.now() - 3 * DAY_MS),
      notAfter: new Date(Date.now() - DAY_MS),
      publicKey: now.publicKey,
      signingKey: key as CryptoKey,
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
  const { status, output } = await lab.run("verify");
  expect([status, output]).toEqual([0, expect.stringContaining("Everything is as declared.")]);
}

test("leaves that have ended, and a bundle that changes, in one up", async () => {
  for (const host of HOSTS) await layBadCertificate(lab, host, "expired");
  await lab.leavesEndIn(-1);
  await lab.mustUp({ "caTrusted[0]": "1", "caTrusted[1]": "2" });
  await expectWhole();
});

test("a CA that has ended on every member, and is made anew", async () => {
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
