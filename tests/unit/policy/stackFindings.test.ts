import { webcrypto } from "node:crypto";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import type { DeclaredResource } from "../../../policy/declared";
import { stackFindings } from "../../../policy/stackFindings";

const PREFIX = "urn:pulumi:dev::etcd-on-gce::";
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

function resource(
  type: string,
  name: string,
  props: Record<string, unknown> = {},
  signers: string[] = [],
): DeclaredResource {
  return { type, name, urn: `${PREFIX}${type}::${name}`, props, signers };
}

const CA = "tls:index/selfSignedCert:SelfSignedCert";
const LEAF = "tls:index/locallySignedCert:LocallySignedCert";
const names = (count: number) => Array.from({ length: count }, (_, index) => `controller-${index}`);

/** A CA's certificate, and one that it has signed, both by a key of their own. */
async function authority(): Promise<{ ca: string; leaf: string }> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const certificate = async (subject: string) => {
    const made = await x509.X509CertificateGenerator.create(
      {
        subject,
        issuer: "CN=Kubernetes",
        publicKey: keys.publicKey as CryptoKey,
        signingKey: keys.privateKey as CryptoKey,
        signingAlgorithm: ALGORITHM,
      },
      webcrypto as unknown as Crypto,
    );
    return `${made.toString("pem")}\n`;
  };
  return { ca: await certificate("CN=Kubernetes"), leaf: await certificate("CN=kubernetes") };
}

/** What the last `up` has left: 3 members on 3.5.33, by these CAs, of which the given one signs. */
interface Before {
  readonly members?: number;
  readonly trusted?: readonly number[];
  readonly active?: number;
}

const authorities: { ca: string; leaf: string }[] = [];
beforeAll(async () => {
  for (const _generation of [1, 2]) authorities.push(await authority());
});

function lastUp({ members = 3, trusted = [1], active = 1 }: Before = {}): Record<string, unknown> {
  const of = (generation: number) => authorities[generation - 1] as { ca: string; leaf: string };
  return {
    members: names(members).map((name) => ({ name })),
    etcdVersion: "3.5.33",
    certificateExpiry: Object.fromEntries(trusted.map((n) => [`ca-${n}`, "2036-01-01T00:00:00Z"])),
    caCertPem: trusted.map((n) => of(n).ca).join(""),
    kubernetesCertPem: of(active).leaf,
  };
}

interface Now {
  readonly members?: number;
  readonly version?: string;
  readonly trusted?: readonly number[];
  readonly active?: number;
}

function rules(
  before: Before | undefined,
  { members = 3, version = "3.5.33", trusted = [1], active = 1 }: Now,
): string[] {
  const cluster = { etcdVersion: version, previousOutputs: before ? lastUp(before) : {} };
  const findings = stackFindings([
    resource("etcd-on-gce:index:EtcdCluster", "etcd", cluster),
    ...names(members).map((name) => resource("gcp:compute/instance:Instance", name)),
    ...trusted.map((n) => resource(CA, `etcd-pki-ca-${n}`)),
    resource(LEAF, "etcd-pki-kubernetes", {}, [`${PREFIX}${CA}::etcd-pki-ca-${active}`]),
  ]);
  return findings.map(({ rule }) => rule);
}

test.each<[string, Before | undefined, Now]>([
  ["the same", {}, {}],
  ["a first up", undefined, {}],
  ["a first up of a single member", undefined, { members: 1 }],
  ["the next minor", {}, { version: "3.6.14" }],
  ["growing by an odd step", {}, { members: 5 }],
  ["shrinking by an odd step", { members: 5 }, { members: 3 }],
  ["the first step of a CA rotation", {}, { trusted: [1, 2] }],
  ["the second", { trusted: [1, 2] }, { trusted: [1, 2], active: 2 }],
  ["the third", { trusted: [1, 2], active: 2 }, { trusted: [2], active: 2 }],
])("%s is found safe", (_what, before, now) => {
  expect(rules(before, now)).toEqual([]);
});

test.each<[string, Before | undefined, Now, string]>([
  ["an even number", {}, { members: 4 }, "controllers-even"],
  ["an even number at first", undefined, { members: 2 }, "controllers-even"],
  ["two odd steps down", { members: 7 }, { members: 3 }, "quorum-shrunk"],
  ["an older release", {}, { version: "3.5.32" }, "etcd-downgraded"],
  ["a minor back", {}, { version: "3.4.38" }, "etcd-downgraded"],
  ["a skipped minor", {}, { version: "3.7.0" }, "etcd-minor-skipped"],
  ["a CA in one step", {}, { trusted: [2], active: 2 }, "ca-no-overlap"],
  ["the second and third step at once", { trusted: [1, 2] }, { trusted: [2], active: 2 }, "ca-no-overlap"],
  ["the first and second step at once", {}, { trusted: [1, 2], active: 2 }, "ca-active-too-early"],
])("%s is refused", (_what, before, now, rule) => {
  const found = rules(before, now);
  expect(found).toEqual([rule]);
});
