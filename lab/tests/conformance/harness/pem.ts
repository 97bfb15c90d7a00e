import type { Provider, Resource } from "./provider";
import { mapStrings, unsecret, type WireMap } from "./wire";

/** The tls plugin's types. */
export const TLS = {
  privateKey: "tls:index/privateKey:PrivateKey",
  selfSignedCert: "tls:index/selfSignedCert:SelfSignedCert",
  certRequest: "tls:index/certRequest:CertRequest",
  locallySignedCert: "tls:index/locallySignedCert:LocallySignedCert",
} as const;

/** Keys and certificates made by the plugin under test, for cases that need some. */
export interface Pki {
  readonly caKeyPem: string;
  readonly caCertPem: string;
  readonly memberKeyPem: string;
  readonly memberRequestPem: string;
  /** A key that is none of the others. */
  readonly otherKeyPem: string;
}

export async function makePki(tls: Provider): Promise<Pki> {
  const key = async () => {
    const { outputs } = await tls.make(TLS.privateKey, { algorithm: "ECDSA", ecdsaCurve: "P256" });
    return unsecret(outputs.privateKeyPem) as string;
  };
  const [caKeyPem, memberKeyPem, otherKeyPem] = [await key(), await key(), await key()];
  const ca = await tls.make(TLS.selfSignedCert, {
    privateKeyPem: caKeyPem,
    subject: { commonName: "Kubernetes" },
    isCaCertificate: true,
    validityPeriodHours: 8760,
    allowedUses: ["cert_signing", "crl_signing"],
  });
  const request = await tls.make(TLS.certRequest, {
    privateKeyPem: memberKeyPem,
    subject: { commonName: "kubernetes" },
    ipAddresses: ["10.240.0.10", "127.0.0.1"],
    dnsNames: ["controller-0", "localhost"],
  });
  return {
    caKeyPem,
    caCertPem: ca.outputs.certPem as string,
    memberKeyPem,
    memberRequestPem: request.outputs.certRequestPem as string,
    otherKeyPem,
  };
}

/** Issues a certificate for {@link Pki.memberRequestPem}, with what is given changed. */
export function makeLeaf(tls: Provider, pki: Pki, changes: WireMap): Promise<Resource> {
  return tls.make(TLS.locallySignedCert, {
    caCertPem: pki.caCertPem,
    caPrivateKeyPem: pki.caKeyPem,
    certRequestPem: pki.memberRequestPem,
    validityPeriodHours: 8760,
    allowedUses: ["server_auth", "client_auth", "digital_signature", "key_encipherment"],
    ...changes,
  });
}

/** Blanks out what differs from one key or certificate to the next, as the recordings do with PEM blocks. */
export function blank(outputs: WireMap): WireMap {
  const blanked = mapStrings(outputs, (text, property) => {
    if (property === "id")
      return /^[0-9a-f]{40}$/.test(text) ? "<sha1>" : text.replace(/^\d{30,39}$/, "<serial>");
    return text
      .replace(/^-----BEGIN ([A-Z ]+)-----\n[A-Za-z0-9+/=\n]+-----END \1-----\n$/, "<PEM $1>")
      .replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/, "<time>")
      .replace(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/, "<md5>")
      .replace(/^SHA256:[A-Za-z0-9+/]{43}$/, "SHA256:<hash>")
      .replace(/^([a-z0-9-]+) [A-Za-z0-9+/]+=*\n$/, "$1 <blob>\n");
  }) as WireMap;
  // The bridge's own bookkeeping, not of the resource.
  return Object.fromEntries(Object.entries(blanked).filter(([name]) => !name.startsWith("__")));
}
