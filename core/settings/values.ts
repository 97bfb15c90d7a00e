// Made by `npm run generate` of the table in core/settings; change that.
import type { BastionSetting } from "./bastion";

/** Everything that a user can set. */
export interface SettingValues {
  /**
   * Number of controllers (etcd members), 1, 3, 5 or 7, from the tenth address of the subnet on.
   *
   * @default 3
   */
  readonly controllerCount: number;
  /**
   * GCE region of the subnet, the addresses and every controller.
   *
   * @default "us-west1"
   */
  readonly region: string;
  /**
   * Zones of the region; the controllers are spread over them in turn.
   *
   * @default ["us-west1-a","us-west1-b","us-west1-c"]
   */
  readonly zones: readonly string[];
  /**
   * Name of the VPC network.
   *
   * @default "kubernetes-the-hard-way"
   */
  readonly networkName: string;
  /**
   * Name of the subnet.
   *
   * @default "kubernetes"
   */
  readonly subnetName: string;
  /**
   * Range of the subnet; peered networks need different ones.
   *
   * @default "10.240.0.0/24"
   */
  readonly subnetCidr: string;
  /**
   * GCE machine type of every controller; the CPU architecture and the boot disk's type follow from its series.
   *
   * @default "e2-standard-2"
   */
  readonly machineType: string;
  /**
   * Boot image or image family; a later change replaces the VMs, one after the other.
   *
   * @default "projects/debian-cloud/global/images/family/debian-12"
   */
  readonly image: string;
  /**
   * Boot disk size in GB, 10 to 2048.
   *
   * @default 20
   */
  readonly bootDiskSizeGb: number;
  /**
   * Type of the data disk, pd-ssd, pd-balanced or hyperdisk-balanced; the machine series must support it.
   *
   * @default "pd-ssd"
   */
  readonly dataDiskType: "pd-ssd" | "pd-balanced" | "hyperdisk-balanced";
  /**
   * Data disk size in GB, 10 to 2048; it can grow, never shrink.
   *
   * @default 50
   */
  readonly dataDiskSizeGb: number;
  /**
   * Cloud KMS key that encrypts boot and data disks, instead of Google's own.
   *
   * @default ""
   */
  readonly diskKmsKey: string;
  /**
   * Let the VMs route pod traffic, as in Kubernetes The Hard Way; etcd does not need it.
   *
   * @default true
   */
  readonly canIpForward: boolean;
  /**
   * An existing service account for the VMs, instead of a new one without roles.
   *
   * @default ""
   */
  readonly serviceAccountEmail: string;
  /**
   * Lets one change through that deletes data disks; the refusal of that change says the value.
   *
   * @default ""
   */
  readonly acceptDataLoss: string;
  /**
   * Labels on the VMs, their disks and addresses: everything that can have labels.
   *
   * @default {}
   */
  readonly labels: Readonly<Record<string, string>>;
  /**
   * Refuse to delete the VMs, in GCE and in Pulumi, and the data disks, in Pulumi.
   *
   * @default false
   */
  readonly deletionProtection: boolean;
  /**
   * etcd release, MAJOR.MINOR.PATCH of 3.4, 3.5, 3.6 or 3.7. The default is Kubernetes The Hard Way's, which has known holes; take 3.5.33 or 3.6.14.
   *
   * @default "3.4.10"
   */
  readonly etcdVersion: string;
  /**
   * Where the controllers download the release from; a mirror keeps the official layout below it. User info in it, `https://USER:PASSWORD@…`, is kept secret.
   *
   * @default "https://github.com/etcd-io/etcd/releases/download"
   */
  readonly etcdDownloadBaseUrl: string;
  /**
   * sha256 of the release tarball, for a version or a build whose checksum is not known.
   *
   * @default ""
   */
  readonly etcdSha256: string;
  /**
   * etcd's database quota in bytes, 64 MiB to 8 GiB.
   *
   * @default 2147483648
   */
  readonly quotaBackendBytes: number;
  /**
   * Key algorithm of certificates and of CA generations created from now on, ECDSA (P-256) or RSA (2048 bits).
   *
   * @default "ECDSA"
   */
  readonly certKeyAlgorithm: "ECDSA" | "RSA";
  /**
   * Lifetime of each leaf certificate in hours.
   *
   * @default 8760
   */
  readonly certValidityHours: number;
  /**
   * `pulumi up` renews a leaf certificate that expires within this many hours.
   *
   * @default 720
   */
  readonly certEarlyRenewalHours: number;
  /**
   * Lifetime in hours of CA generations created from now on, at least certValidityHours.
   *
   * @default 87600
   */
  readonly caValidityHours: number;
  /**
   * CA generations that members and clients trust; two while rotating.
   *
   * @default [1]
   */
  readonly caTrusted: readonly number[];
  /**
   * CA generation that signs the leaf certificates.
   *
   * @default 1
   */
  readonly caActive: number;
  /**
   * Peers accept members' certificates alone, and not each of this CA's; an existing cluster needs an up with this program before it is set.
   *
   * @default false
   */
  readonly peerMembersOnly: boolean;
  /**
   * Export the active CA's private key as a secret output. Whoever signs by this CA makes clients that are root in etcd.
   *
   * @default false
   */
  readonly exportCaKey: boolean;
  /**
   * Export the SSH connection to each controller, with the deploy key, as a secret output; for a control plane on the controllers.
   *
   * @default false
   */
  readonly exportSshAccess: boolean;
  /**
   * More DNS names and IPv4 addresses for the kubernetes certificate.
   *
   * @default []
   */
  readonly extraSans: readonly string[];
  /**
   * Pod address range; pods may reach kube-apiserver, port 6443, on the controllers.
   *
   * @default "10.200.0.0/16"
   */
  readonly podCidr: string;
  /**
   * Service address range; its first address is a name of the kubernetes certificate.
   *
   * @default "10.32.0.0/24"
   */
  readonly serviceCidr: string;
  /**
   * Ranges of API servers outside the controllers that may reach etcd's client port 2379.
   *
   * @default []
   */
  readonly apiServerSourceRanges: readonly string[];
  /**
   * How Pulumi connects to the controllers, internal (inside the VPC), external (public addresses) or bastion.
   *
   * @default "internal"
   */
  readonly sshReach: "internal" | "external" | "bastion";
  /**
   * Ranges that may reach port 22; the default is Google's range for IAP. The subnet itself always may.
   *
   * @default ["35.235.240.0/20"]
   */
  readonly sshSourceRanges: readonly string[];
  /**
   * Failed SSH connections before a step gives up; 60 take 4.5 minutes where the port is closed, 10 where nothing answers.
   *
   * @default 60
   */
  readonly sshDialErrorLimit: number;
  /**
   * Jump host for sshReach bastion, a map of host, user, hostKey and port.
   *
   * @default {}
   */
  readonly bastion: Partial<BastionSetting>;
}
