/** Debian's releases that hosts can be made of. */
export type HostRelease = "bookworm" | "trixie";

/** A disk as the hosts know it. */
export interface DiskSpec {
  /** Unique and safe as a file name. */
  readonly id: string;
  readonly sizeGb: number;
}

/** A data disk in a host. */
export interface AttachedDisk {
  readonly id: string;
  /** It appears as /dev/disk/by-id/google-NAME. */
  readonly deviceName: string;
}

/** What a host is started from. */
export interface HostSpec {
  readonly name: string;
  readonly ip: string;
  readonly bootDiskId: string;
  /** Debian's release that it runs. */
  readonly release: HostRelease;
  /** Path of its VPC network: firewall rules of others do not concern it. */
  readonly network: string;
  /** Its external address, translated on the way in as on GCE: the host does not know it. */
  readonly externalIp?: string;
  readonly attachedDisks: readonly AttachedDisk[];
  /** Network tags, which firewall rules name. */
  readonly tags: readonly string[];
}

/** A VPC firewall rule. */
export interface FirewallRule {
  readonly name: string;
  /** Path of the VPC network that it is for. */
  readonly network: string;
  /** 0 to 65535; the lowest decides. */
  readonly priority: number;
  readonly direction: "INGRESS" | "EGRESS";
  readonly action: "allow" | "deny";
  readonly disabled: boolean;
  readonly sourceRanges: readonly string[];
  readonly sourceTags: readonly string[];
  readonly targetTags: readonly string[];
  /** No ports means all of them; the protocol `all` means every protocol. */
  readonly protocols: readonly { readonly protocol: string; readonly ports: readonly string[] }[];
}

/** What is behind the API: disks and running hosts. Every call is bounded in time. */
export interface HostBackend {
  createDisk(disk: DiskSpec): Promise<void>;
  resizeDisk(disk: DiskSpec): Promise<void>;
  deleteDisk(id: string): Promise<void>;
  /** Returns when PID 1 runs; SSH comes later, as on GCE. */
  start(host: HostSpec): Promise<void>;
  /** A clean power-off, by force when it takes too long. */
  stop(name: string): Promise<void>;
  /** The power button: killed and started again. */
  reset(name: string): Promise<void>;
  /** Stops and forgets a host; its disks stay. */
  destroy(name: string): Promise<void>;
  isRunning(name: string): Promise<boolean>;
  attachDisk(name: string, disk: AttachedDisk): Promise<void>;
  detachDisk(name: string, deviceName: string): Promise<void>;
  /** Puts the whole rule set in force on every given host, and their external addresses with it. */
  applyFirewall(rules: readonly FirewallRule[], hosts: readonly HostSpec[]): Promise<void>;
}
