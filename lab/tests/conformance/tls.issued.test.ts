import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { makeLeaf, makePki, type Pki, TLS } from "./harness/pem";
import { Provider, type Resource } from "./harness/provider";
import { unsecret, type WireMap } from "./harness/wire";

/*
 * What is in the keys and certificates, which the recordings blanked out:
 * https://github.com/hashicorp/terraform-provider-tls/blob/v4.2.1/internal/provider/common_cert.go
 * https://github.com/hashicorp/terraform-provider-tls/blob/v4.2.1/internal/provider/resource_private_key.go
 */
const HOUR_MS = 3_600_000;
const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
const { KeyUsageFlags: use } = x509;

let tls: Provider;
let pki: Pki;
beforeAll(async () => {
  tls = await Provider.start("tls");
  pki = await makePki(tls);
});
afterAll(() => tls?.stop());

describe("private key", () => {
  const cases: [title: string, inputs: WireMap, pem: string, details: object][] = [
    ["RSA", { algorithm: "RSA" }, "RSA PRIVATE KEY", { modulusLength: 2048 }],
    ["RSA of 3072 bits", { algorithm: "RSA", rsaBits: 3072 }, "RSA PRIVATE KEY", { modulusLength: 3072 }],
    ["ECDSA", { algorithm: "ECDSA" }, "EC PRIVATE KEY", { namedCurve: "secp224r1" }],
    [
      "ECDSA P256",
      { algorithm: "ECDSA", ecdsaCurve: "P256" },
      "EC PRIVATE KEY",
      { namedCurve: "prime256v1" },
    ],
    ["ECDSA P384", { algorithm: "ECDSA", ecdsaCurve: "P384" }, "EC PRIVATE KEY", { namedCurve: "secp384r1" }],
    ["ECDSA P521", { algorithm: "ECDSA", ecdsaCurve: "P521" }, "EC PRIVATE KEY", { namedCurve: "secp521r1" }],
    ["ED25519", { algorithm: "ED25519" }, "PRIVATE KEY", {}],
  ];
  test.each(cases)("%s", async (_, inputs, pem, details) => {
    const { outputs } = await tls.make(TLS.privateKey, inputs);
    const traditional = unsecret(outputs.privateKeyPem) as string;
    const pkcs8 = unsecret(outputs.privateKeyPemPkcs8) as string;
    expect(traditional.split("\n")[0]).toBe(`-----BEGIN ${pem}-----`);
    expect(pkcs8.split("\n")[0]).toBe("-----BEGIN PRIVATE KEY-----");
    const key = createPrivateKey(traditional);
    expect(key.asymmetricKeyDetails).toMatchObject(details);
    expect(createPrivateKey(pkcs8).equals(key)).toBe(true);
    expect(createPublicKey(outputs.publicKeyPem as string).equals(createPublicKey(key))).toBe(true);
  });

  test("its private forms are secret, its public ones are not", async () => {
    const { outputs } = await tls.make(TLS.privateKey, { algorithm: "ED25519" });
    const secrets = Object.keys(outputs).filter((name) => unsecret(outputs[name]) !== undefined);
    expect(secrets.sort()).toEqual(["privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8"]);
  });
});

describe("certificate authority", () => {
  const subject = {
    commonName: "Kubernetes",
    organization: "Kubernetes",
    organizationalUnit: "CA",
    country: "US",
    locality: "Portland",
    province: "Oregon",
  };

  test("subject, usages, validity and signature", async () => {
    const ca = await makeCa({ subject, validityPeriodHours: 48 });
    const certificate = new X509Certificate(ca.outputs.certPem as string);
    expect(certificate.subject.split("\n").sort()).toEqual([
      "C=US",
      "CN=Kubernetes",
      "L=Portland",
      "O=Kubernetes",
      "OU=CA",
      "ST=Oregon",
    ]);
    expect(certificate.issuer).toBe(certificate.subject);
    expect(certificate.ca).toBe(true);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(pki.caKeyPem))).toBe(true);
    expect(keyUsages(ca)).toBe(use.keyCertSign | use.cRLSign);
    expect(certificate.keyUsage).toBeUndefined();
    expectValidity(ca, 48);
  });

  test("the ID is the serial number in decimal", async () => {
    const { id, outputs } = await makeCa({ subject });
    const { serialNumber } = new X509Certificate(outputs.certPem as string);
    expect(id).toBe(BigInt(`0x${serialNumber}`).toString());
  });

  const identifiers: [title: string, inputs: WireMap, subjectKey: boolean, authorityKey: boolean][] = [
    ["of a CA, always", { isCaCertificate: true }, true, false],
    ["of a CA, and its own authority's", { isCaCertificate: true, setAuthorityKeyId: true }, true, true],
    ["of another certificate, not", { isCaCertificate: false }, false, false],
    ["of another certificate, if told so", { isCaCertificate: false, setSubjectKeyId: true }, true, false],
  ];
  test.each(identifiers)("subject key identifier %s", async (_, inputs, subjectKey, authorityKey) => {
    const certificate = parsed(await makeCa({ subject, ...inputs }));
    expect(certificate.getExtension(x509.SubjectKeyIdentifierExtension) !== null).toBe(subjectKey);
    expect(certificate.getExtension(x509.AuthorityKeyIdentifierExtension) !== null).toBe(authorityKey);
  });

  const limits: [maxPathLength: number | undefined, pathLength: number | undefined][] = [
    [undefined, undefined],
    [0, undefined],
    [1, 1],
  ];
  test.each(limits)("maxPathLength %s", async (maxPathLength, pathLength) => {
    const ca = await makeCa({ subject, ...(maxPathLength === undefined ? {} : { maxPathLength }) });
    expect(parsed(ca).getExtension(x509.BasicConstraintsExtension)).toMatchObject({
      ca: true,
      critical: true,
    });
    expect(parsed(ca).getExtension(x509.BasicConstraintsExtension)?.pathLength).toBe(pathLength);
  });

  const refused: [title: string, inputs: WireMap, message: RegExp][] = [
    [
      "an authority key without subject key",
      { isCaCertificate: false, setAuthorityKeyId: true },
      /Could not determine Authority Key Identifier/,
    ],
    [
      "a path length of no CA",
      { isCaCertificate: false, maxPathLength: 1 },
      /x509: only CAs are allowed to specify MaxPathLen/,
    ],
  ];
  test.each(refused)("refuses %s", async (_, inputs, message) => {
    await expect(makeCa({ subject, ...inputs })).rejects.toThrow(message);
  });
});

describe("request and the certificate for it", () => {
  const request: WireMap = {
    subject: { commonName: "kubernetes", organization: "Kubernetes" },
    ipAddresses: ["10.240.0.10", "127.0.0.1", "fd00::1"],
    dnsNames: ["controller-0", "kubernetes.default.svc"],
    uris: ["spiffe://cluster/etcd"],
  };
  const names = [
    "DNS:controller-0",
    "DNS:kubernetes.default.svc",
    "IP Address:10.240.0.10",
    "IP Address:127.0.0.1",
    "IP Address:FD00:0:0:0:0:0:0:1",
    "URI:spiffe://cluster/etcd",
  ];

  test.each([
    ["ECDSA", { algorithm: "ECDSA", ecdsaCurve: "P256" }],
    ["RSA", { algorithm: "RSA" }],
    ["ED25519", { algorithm: "ED25519" }],
  ])("%s: names, usages, validity and signatures", async (_, algorithm) => {
    const key = await tls.make(TLS.privateKey, algorithm);
    const privateKeyPem = unsecret(key.outputs.privateKeyPem) as string;
    const { outputs } = await tls.make(TLS.certRequest, { ...request, privateKeyPem });
    const csr = new x509.Pkcs10CertificateRequest(outputs.certRequestPem as string);
    expect(await csr.verify()).toBe(true);
    expect(csr.subjectName.toString()).toBe("O=Kubernetes, CN=kubernetes");

    const leaf = await makeLeaf(tls, pki, { certRequestPem: outputs.certRequestPem as string });
    const certificate = new X509Certificate(leaf.outputs.certPem as string);
    expect(certificate.subject).toBe("O=Kubernetes\nCN=kubernetes");
    expect(certificate.subjectAltName?.split(", ").sort()).toEqual(names);
    expect(certificate.checkPrivateKey(createPrivateKey(privateKeyPem))).toBe(true);
    const ca = new X509Certificate(pki.caCertPem);
    expect(certificate.checkIssued(ca) && certificate.verify(ca.publicKey)).toBe(true);
    expect(certificate.ca).toBe(false);
    expect(certificate.keyUsage).toEqual([SERVER_AUTH, CLIENT_AUTH]);
    expect(keyUsages(leaf)).toBe(use.digitalSignature | use.keyEncipherment);
    const authority = parsed(leaf).getExtension(x509.AuthorityKeyIdentifierExtension)?.keyId;
    expect(authority).toBe(
      new x509.X509Certificate(pki.caCertPem).getExtension(x509.SubjectKeyIdentifierExtension)?.keyId,
    );
    expectValidity(leaf, 8760);
  });
});

function makeCa(inputs: WireMap): Promise<Resource> {
  return tls.make(TLS.selfSignedCert, {
    privateKeyPem: pki.caKeyPem,
    isCaCertificate: true,
    validityPeriodHours: 8760,
    allowedUses: ["cert_signing", "crl_signing"],
    ...inputs,
  });
}

function parsed({ outputs }: Resource): x509.X509Certificate {
  return new x509.X509Certificate(outputs.certPem as string);
}

function keyUsages(resource: Resource): number | undefined {
  return parsed(resource).getExtension(x509.KeyUsagesExtension)?.usages;
}

function expectValidity(resource: Resource, hours: number): void {
  const { validFrom, validTo } = new X509Certificate(resource.outputs.certPem as string);
  const { validityStartTime, validityEndTime } = resource.outputs;
  const seconds = (time: unknown) => Math.floor(Date.parse(time as string) / 1000);
  expect(seconds(validFrom)).toBe(seconds(validityStartTime));
  expect(seconds(validTo)).toBe(seconds(validityEndTime));
  expect(Date.parse(validTo) - Date.parse(validFrom)).toBe(hours * HOUR_MS);
  expect(Math.abs(Date.now() - Date.parse(validFrom))).toBeLessThan(60_000);
}
