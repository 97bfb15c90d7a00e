import { webcrypto } from "node:crypto";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { readStackExport } from "../../../core/stackExport";
import { addressOf } from "./cluster";
import type { Lab } from "./lab";

export const DAY_MS = 86_400_000;
export const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** What is wrong with a certificate: its time is over, or a CA that no one trusts has signed it. */
export type Flaw = "expired" | "wrong CA";

/**
 * Has a member serve a bad certificate: lays it in the place of the good one, as a restored backup or a hand on
 * the machine would, and ends etcd, which systemd starts again with it.
 */
export async function layBadCertificate(lab: Lab, host: string, flaw: Flaw): Promise<void> {
  const { cert, key } = await badCertificate(lab, host, flaw);
  const lay = (file: string, pem: string) =>
    lab.onHost(
      host,
      "sh",
      "-c",
      `printf %s '${Buffer.from(pem).toString("base64")}' | base64 -d >/etc/etcd/${file}`,
    );
  await lay("kubernetes.pem", cert);
  await lay("kubernetes-key.pem", key);
  await lab.onHost(host, "systemctl", "kill", "-s", "KILL", "etcd");
}

async function badCertificate(lab: Lab, host: string, flaw: Flaw): Promise<{ cert: string; key: string }> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const now = Date.now();
  const certificate = await x509.X509CertificateGenerator.create(
    {
      subject: "CN=kubernetes",
      issuer: "CN=Kubernetes, O=Kubernetes, OU=CA, L=Portland, ST=Oregon, C=US",
      notBefore: new Date(now - 3 * DAY_MS),
      notAfter: new Date(flaw === "expired" ? now - DAY_MS : now + DAY_MS),
      publicKey: keys.publicKey as CryptoKey,
      signingKey: (flaw === "expired" ? await caKey(lab) : keys.privateKey) as CryptoKey,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.ExtendedKeyUsageExtension([
          x509.ExtendedKeyUsage.serverAuth,
          x509.ExtendedKeyUsage.clientAuth,
        ]),
        new x509.SubjectAlternativeNameExtension([
          { type: "dns", value: host },
          { type: "ip", value: addressOf(host) },
          { type: "ip", value: "127.0.0.1" },
        ]),
      ],
    },
    webcrypto as unknown as Crypto,
  );
  const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return { cert: `${certificate.toString("pem")}\n`, key: x509.PemConverter.encode(pkcs8, "PRIVATE KEY") };
}

/** The key of the stack's first CA. */
export async function caKey(lab: Lab): Promise<webcrypto.CryptoKey> {
  const key = readStackExport(await lab.plainState()).find(({ name }) => /^etcd-pki-ca-\d+-key$/.test(name));
  const pem = String(key?.outputs.privateKeyPemPkcs8);
  return webcrypto.subtle.importKey("pkcs8", x509.PemConverter.decodeFirst(pem), ALGORITHM, false, ["sign"]);
}
