import type { WireMap } from "./wire";

/** A resource of a program: its name, type and inputs, after those that it needs. */
export type Declared = readonly [name: string, type: string, inputs: WireMap];

/** What the steps of the recording change. */
export interface Settings {
  readonly labels?: Record<string, string>;
  readonly dataDiskSizeGb?: number;
  readonly bootDiskSizeGb?: number;
  readonly machineType?: string;
  readonly image?: string;
  readonly external?: boolean;
  readonly sshSourceRange?: string;
  readonly deletionProtection?: boolean;
}

const PROJECT = "https://www.googleapis.com/compute/v1/projects/etcd-lab";
const NETWORK = `${PROJECT}/global/networks/kubernetes-the-hard-way`;
const SUBNET = `${PROJECT}/regions/us-west1/subnetworks/kubernetes`;
const REGION = "us-west1";
const ZONE = "us-west1-a";

/** The program of this repository with one controller, as it stood when the requests were recorded. */
export function gcpProgram(settings: Settings): Declared[] {
  return [
    ["vpc", "gcp:compute/network:Network", { name: "kubernetes-the-hard-way", autoCreateSubnetworks: false }],
    [
      "account",
      "gcp:serviceaccount/account:Account",
      { accountId: "etcd-controller", displayName: "etcd controllers (no roles)" },
    ],
    ["data", "gcp:compute/disk:Disk", dataDisk(settings)],
    [
      "subnet",
      "gcp:compute/subnetwork:Subnetwork",
      {
        name: "kubernetes",
        network: NETWORK,
        region: REGION,
        ipCidrRange: "10.240.0.0/24",
        privateIpGoogleAccess: true,
      },
    ],
    rule("etcd", "etcd clients and peers, among the controllers only", ["2379", "2380"], {
      sourceTags: ["controller"],
    }),
    rule("ssh", "SSH, from the configured ranges and the subnet", ["22"], {
      sourceRanges: [settings.sshSourceRange ?? "35.235.240.0/20", "10.240.0.0/24"],
    }),
    rule("api", "kube-apiserver, from the subnet and the pods", ["6443"], {
      sourceRanges: ["10.240.0.0/24", "10.200.0.0/16"],
    }),
    [
      "router",
      "gcp:compute/router:Router",
      { name: "kubernetes-the-hard-way-router", network: NETWORK, region: REGION },
    ],
    [
      "nat",
      "gcp:compute/routerNat:RouterNat",
      {
        name: "kubernetes-the-hard-way-nat",
        router: "kubernetes-the-hard-way-router",
        region: REGION,
        natIpAllocateOption: "AUTO_ONLY",
        sourceSubnetworkIpRangesToNat: "LIST_OF_SUBNETWORKS",
        subnetworks: [{ name: SUBNET, sourceIpRangesToNats: ["ALL_IP_RANGES"] }],
      },
    ],
    [
      "address",
      "gcp:compute/address:Address",
      {
        name: "controller-0",
        region: REGION,
        addressType: "INTERNAL",
        address: "10.240.0.10",
        subnetwork: SUBNET,
      },
    ],
    ["vm", "gcp:compute/instance:Instance", controller(settings)],
  ];
}

function rule(role: string, description: string, ports: string[], source: WireMap): Declared {
  const inputs = {
    name: `kubernetes-the-hard-way-${role}`,
    description,
    network: NETWORK,
    direction: "INGRESS",
    allows: [{ protocol: "tcp", ports }],
    targetTags: ["controller"],
    ...source,
  };
  return [role, "gcp:compute/firewall:Firewall", inputs];
}

function dataDisk({ labels = {}, dataDiskSizeGb = 50 }: Settings): WireMap {
  return { name: "controller-0-etcd-data", zone: ZONE, type: "pd-ssd", size: dataDiskSizeGb, labels };
}

function controller(settings: Settings): WireMap {
  const { labels = {}, image = "debian-12", bootDiskSizeGb = 20, machineType = "e2-standard-2" } = settings;
  const family = `projects/debian-cloud/global/images/family/${image}`;
  const nic = { subnetwork: SUBNET, networkIp: "10.240.0.10" };
  return {
    name: "controller-0",
    zone: ZONE,
    machineType,
    allowStoppingForUpdate: true,
    canIpForward: true,
    deletionProtection: settings.deletionProtection ?? false,
    labels,
    tags: ["kubernetes-the-hard-way", "controller"],
    bootDisk: { initializeParams: { image: family, size: bootDiskSizeGb, type: "pd-balanced" } },
    attachedDisks: [
      { source: `${PROJECT}/zones/${ZONE}/disks/controller-0-etcd-data`, deviceName: "etcd-data" },
    ],
    networkInterfaces: [settings.external ? { ...nic, accessConfigs: [{ networkTier: "PREMIUM" }] } : nic],
    serviceAccount: {
      email: "etcd-controller@etcd-lab.iam.gserviceaccount.com",
      scopes: [
        "https://www.googleapis.com/auth/monitoring.write",
        "https://www.googleapis.com/auth/logging.write",
      ],
    },
    shieldedInstanceConfig: { enableSecureBoot: true, enableVtpm: true, enableIntegrityMonitoring: true },
    metadata: {
      "block-project-ssh-keys": "TRUE",
      "enable-oslogin": "FALSE",
      "ssh-keys": "etcd-deploy:ssh-ed25519 <key>",
      "startup-script": "<startup script>",
    },
  };
}
