import * as pulumi from "@pulumi/pulumi";
import { CertRequest } from "@pulumi/tls/certRequest";
import { LocallySignedCert } from "@pulumi/tls/locallySignedCert";
import { type LeafRole, leafSubject, type Sans } from "../core/etcd/certificates";
import type { Settings } from "../core/settings";
import { createKey } from "./privateKey";

/** What a leaf certificate is made of. */
export interface LeafCertificateArgs
  extends Pick<Settings, "certKeyAlgorithm" | "certValidityHours" | "certEarlyRenewalHours"> {
  readonly role: LeafRole;
  readonly sans: Sans;
  readonly caCertPem: pulumi.Input<string>;
  /** Secret. */
  readonly caKeyPem: pulumi.Input<string>;
}

/** A key and its certificate, renewed by an `up` shortly before its end. */
export class LeafCertificate extends pulumi.ComponentResource {
  readonly certPem: pulumi.Output<string>;
  /** Secret. */
  readonly keyPem: pulumi.Output<string>;
  /** RFC 3339. */
  readonly validityEndTime: pulumi.Output<string>;

  constructor(name: string, args: LeafCertificateArgs, opts?: pulumi.ComponentResourceOptions) {
    super("etcd-on-gce:index:LeafCertificate", name, {}, opts);
    const key = createKey(`${name}-key`, args.certKeyAlgorithm, this);
    const request = new CertRequest(
      `${name}-request`,
      {
        privateKeyPem: key.privateKeyPem,
        subject: leafSubject(args.role.commonName),
        dnsNames: [...args.sans.dnsNames],
        ipAddresses: [...args.sans.ipAddresses],
      },
      { parent: this },
    );
    const cert = new LocallySignedCert(
      name,
      {
        certRequestPem: request.certRequestPem,
        caCertPem: args.caCertPem,
        caPrivateKeyPem: args.caKeyPem,
        allowedUses: [...args.role.uses],
        validityPeriodHours: args.certValidityHours,
        earlyRenewalHours: args.certEarlyRenewalHours,
        setSubjectKeyId: true,
      },
      { parent: this },
    );
    this.certPem = cert.certPem;
    this.keyPem = key.privateKeyPem;
    this.validityEndTime = cert.validityEndTime;
    this.registerOutputs({ validityEndTime: this.validityEndTime });
  }
}
