import * as pulumi from "@pulumi/pulumi";
import { SelfSignedCert } from "@pulumi/tls/selfSignedCert";
import { expiryWarning } from "../core/etcd/certificateExpiry";
import {
  CA_SUBJECT,
  CA_USES,
  CLIENT_SANS,
  kubernetesSans,
  LEAF_ROLES,
  memberSans,
  type Sans,
} from "../core/etcd/certificates";
import type { Controller } from "../core/etcd/topology";
import type { Settings } from "../core/settings";
import { LeafCertificate } from "./leafCertificate";
import { createKey } from "./privateKey";

/** The settings that shape certificates. */
export type PkiArgs = Pick<
  Settings,
  | "certKeyAlgorithm"
  | "certValidityHours"
  | "certEarlyRenewalHours"
  | "caValidityHours"
  | "caActive"
  | "caTrusted"
  | "serviceCidr"
  | "extraSans"
> & { readonly controllers: readonly Controller[] };

interface CaGeneration {
  readonly cert: SelfSignedCert;
  readonly keyPem: pulumi.Output<string>;
}

/** The CA generations, a certificate for each member, and those of the API servers: to serve, and as clients of etcd. */
export class Pki extends pulumi.ComponentResource {
  /** Every trusted CA certificate, oldest generation first. */
  readonly caBundlePem: pulumi.Output<string>;
  /** Secret. */
  readonly activeCaKeyPem: pulumi.Output<string>;
  readonly kubernetes: LeafCertificate;
  readonly etcdClient: LeafCertificate;
  /** By index of the controller. */
  readonly members: readonly LeafCertificate[];
  /** RFC 3339 end of each certificate, by its name. */
  readonly expiry: pulumi.Output<Record<string, string>>;

  constructor(
    private readonly name: string,
    private readonly args: PkiArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("etcd-on-gce:index:Pki", name, {}, opts);
    const generations = new Map(args.caTrusted.map((n) => [n, this.createCa(n)] as const));
    const active = generations.get(args.caActive);
    if (!active) throw new pulumi.ResourceError("caActive is not among caTrusted", this);
    const certs = [...generations.keys()].sort((a, b) => a - b).map((n) => generations.get(n)?.cert.certPem);
    this.caBundlePem = pulumi.all(certs).apply((pems) => pems.join(""));
    this.activeCaKeyPem = active.keyPem;
    this.members = args.controllers.map((c) => this.createLeaf(c.name, "member", memberSans(c), active));
    const sans = kubernetesSans(args.controllers, args.serviceCidr, args.extraSans);
    this.kubernetes = this.createLeaf("kubernetes", "kubernetes", sans, active);
    this.etcdClient = this.createLeaf("etcd-client", "client", CLIENT_SANS, active);
    const ends: Record<string, pulumi.Output<string>> = {
      kubernetes: this.kubernetes.validityEndTime,
      "etcd-client": this.etcdClient.validityEndTime,
    };
    for (const [n, ca] of generations) ends[`ca-${n}`] = ca.cert.validityEndTime;
    for (const c of args.controllers) ends[c.name] = this.member(c.index).validityEndTime;
    this.expiry = pulumi.all(ends);
    this.warnOfEnds(ends);
    this.registerOutputs({ expiry: this.expiry });
  }

  /** The certificate of the controller at `index`. */
  member(index: number): LeafCertificate {
    const leaf = this.members[index];
    if (!leaf) throw new pulumi.ResourceError(`no member certificate at index ${index}`, this);
    return leaf;
  }

  private warnOfEnds(ends: Record<string, pulumi.Output<string>>): void {
    for (const [name, end] of Object.entries(ends)) {
      end.apply((time) => {
        const warning = expiryWarning(name, time, this.args, new Date());
        if (warning) void pulumi.log.warn(warning, this);
      });
    }
  }

  private createCa(generation: number): CaGeneration {
    // A generation never changes: another key under the same number would be a CA swapped in one step.
    const key = createKey(`${this.name}-ca-${generation}-key`, this.args.certKeyAlgorithm, this, [
      "algorithm",
      "ecdsaCurve",
      "rsaBits",
    ]);
    const cert = new SelfSignedCert(
      `${this.name}-ca-${generation}`,
      {
        privateKeyPem: key.privateKeyPem,
        isCaCertificate: true,
        subject: { ...CA_SUBJECT },
        allowedUses: [...CA_USES],
        validityPeriodHours: this.args.caValidityHours,
        setSubjectKeyId: true,
        setAuthorityKeyId: true,
      },
      { parent: this, ignoreChanges: ["validityPeriodHours"] },
    );
    return { cert, keyPem: key.privateKeyPem };
  }

  private createLeaf(
    name: string,
    role: keyof typeof LEAF_ROLES,
    sans: Sans,
    ca: CaGeneration,
  ): LeafCertificate {
    return new LeafCertificate(
      `${this.name}-${name}`,
      { ...this.args, role: LEAF_ROLES[role], sans, caCertPem: ca.cert.certPem, caKeyPem: ca.keyPem },
      { parent: this },
    );
  }
}
