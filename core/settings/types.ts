import type { Architecture } from "../etcd/releases";
import type { BastionSetting } from "./bastion";

/** How the engine reaches the controllers by SSH. */
export type SshReach = "internal" | "external" | "bastion";

/** Key algorithm of the CA and of every certificate. etcd 3.4.10 (Go 1.12) knows no Ed25519 certificates. */
export type KeyAlgorithm = "ECDSA" | "RSA";

/** Everything a user can set; the meaning and default of each is in Pulumi.yaml. */
export interface Settings {
  readonly controllerCount: number;
  readonly region: string;
  readonly zones: readonly string[];
  readonly networkName: string;
  readonly subnetName: string;
  readonly machineType: string;
  /** Follows from the machine type. */
  readonly architecture: Architecture;
  readonly image: string;
  readonly bootDiskSizeGb: number;
  readonly dataDiskType: string;
  readonly dataDiskSizeGb: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly deletionProtection: boolean;
  readonly etcdVersion: string;
  readonly etcdDownloadBaseUrl: string;
  /** Lower-case hex; empty when the known checksum of the version applies. */
  readonly etcdSha256: string;
  readonly quotaBackendBytes: number;
  readonly certKeyAlgorithm: KeyAlgorithm;
  readonly certValidityHours: number;
  readonly certEarlyRenewalHours: number;
  readonly caValidityHours: number;
  readonly caActive: number;
  readonly caTrusted: readonly number[];
  readonly exportCaKey: boolean;
  readonly exportSshAccess: boolean;
  readonly extraSans: readonly string[];
  readonly podCidr: string;
  readonly serviceCidr: string;
  readonly apiServerSourceRanges: readonly string[];
  readonly sshReach: SshReach;
  readonly sshSourceRanges: readonly string[];
  readonly sshDialErrorLimit: number;
  readonly bastion: BastionSetting | undefined;
}
