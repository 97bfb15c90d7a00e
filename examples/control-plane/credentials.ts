import * as pulumi from "@pulumi/pulumi";
import { CertRequest } from "@pulumi/tls/certRequest";
import { LocallySignedCert } from "@pulumi/tls/locallySignedCert";
import { PrivateKey } from "@pulumi/tls/privateKey";
import { SelfSignedCert } from "@pulumi/tls/selfSignedCert";

const YEAR_H = 8760;

/** A certificate and its key, PEM. */
export interface KeyPair {
  readonly certPem: pulumi.Output<string>;
  /** Secret. */
  readonly keyPem: pulumi.Output<string>;
}

/**
 * What API servers and their clients need besides the etcd stack's outputs: a CA for clients of the API, the
 * administrator's certificate, and the keys that sign service account tokens and encrypt secrets.
 */
export class Credentials extends pulumi.ComponentResource {
  readonly clientCaPem: pulumi.Output<string>;
  readonly admin: KeyPair;
  /** PEM; secret. The API servers derive the public key that checks tokens from it. */
  readonly serviceAccountKeyPem: pulumi.Output<string>;
  /** PEM; secret. The key of secrets in etcd is made of it. */
  readonly encryptionKeyPem: pulumi.Output<string>;

  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("control-plane:index:Credentials", name, {}, opts);
    const caKey = this.key(`${name}-client-ca-key`);
    const ca = new SelfSignedCert(
      `${name}-client-ca`,
      {
        privateKeyPem: caKey.privateKeyPem,
        isCaCertificate: true,
        subject: { commonName: "kubernetes-clients" },
        allowedUses: ["cert_signing", "crl_signing"],
        validityPeriodHours: 10 * YEAR_H,
        setSubjectKeyId: true,
      },
      { parent: this },
    );
    this.clientCaPem = ca.certPem;
    this.admin = this.createAdmin(`${name}-admin`, ca.certPem, caKey.privateKeyPem);
    this.serviceAccountKeyPem = this.key(`${name}-service-account-key`).privateKeyPem;
    this.encryptionKeyPem = this.key(`${name}-encryption-key`).privateKeyPem;
    this.registerOutputs({});
  }

  /** `system:masters` is the group that may do everything. */
  private createAdmin(
    name: string,
    caCertPem: pulumi.Output<string>,
    caKeyPem: pulumi.Output<string>,
  ): KeyPair {
    const key = this.key(`${name}-key`);
    const request = new CertRequest(
      `${name}-request`,
      {
        privateKeyPem: key.privateKeyPem,
        subject: { commonName: "admin", organization: "system:masters" },
      },
      { parent: this },
    );
    const cert = new LocallySignedCert(
      name,
      {
        certRequestPem: request.certRequestPem,
        caCertPem,
        caPrivateKeyPem: caKeyPem,
        allowedUses: ["digital_signature", "client_auth"],
        validityPeriodHours: YEAR_H,
        earlyRenewalHours: 720,
      },
      { parent: this },
    );
    return { certPem: cert.certPem, keyPem: key.privateKeyPem };
  }

  private key(name: string): PrivateKey {
    return new PrivateKey(name, { algorithm: "ECDSA", ecdsaCurve: "P256" }, { parent: this });
  }
}
