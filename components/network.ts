import { Firewall } from "@pulumi/gcp/compute/firewall";
import { Network as Vpc } from "@pulumi/gcp/compute/network";
import { Router } from "@pulumi/gcp/compute/router";
import { RouterNat } from "@pulumi/gcp/compute/routerNat";
import { Subnetwork } from "@pulumi/gcp/compute/subnetwork";
import * as pulumi from "@pulumi/pulumi";
import { CONTROLLER_TAG } from "../core/etcd/topology";
import type { Settings } from "../core/settings";

/** The settings that shape the network. */
export type NetworkArgs = Pick<
  Settings,
  | "networkName"
  | "subnetName"
  | "subnetCidr"
  | "region"
  | "podCidr"
  | "sshReach"
  | "sshSourceRanges"
  | "apiServerSourceRanges"
>;

/**
 * The VPC, its subnet, the firewall and the way out. Nothing is open to the world: etcd's ports are for the
 * controllers (and named API servers), SSH is for named ranges and the subnet.
 */
export class Network extends pulumi.ComponentResource {
  readonly vpc: Vpc;
  readonly subnet: Subnetwork;
  /** What must exist before Pulumi can connect to a controller and the controller to the Internet. */
  readonly ready: pulumi.Resource[];

  constructor(
    private readonly name: string,
    private readonly args: NetworkArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("etcd-on-gce:index:Network", name, {}, opts);
    this.vpc = this.createVpc();
    this.subnet = this.createSubnet();
    this.ready = [...this.createFirewall(), ...this.createWayOut()];
    this.registerOutputs({ vpc: this.vpc.selfLink, subnet: this.subnet.selfLink });
  }

  private createVpc(): Vpc {
    return new Vpc(
      this.name,
      { name: this.args.networkName, autoCreateSubnetworks: false },
      { parent: this, deleteBeforeReplace: true },
    );
  }

  private createSubnet(): Subnetwork {
    return new Subnetwork(
      `${this.name}-subnet`,
      {
        name: this.args.subnetName,
        network: this.vpc.selfLink,
        region: this.args.region,
        ipCidrRange: this.args.subnetCidr,
        privateIpGoogleAccess: true,
      },
      { parent: this, deleteBeforeReplace: true },
    );
  }

  private createFirewall(): Firewall[] {
    const { podCidr, subnetCidr, sshSourceRanges, apiServerSourceRanges } = this.args;
    const rules = [
      this.allow("etcd", "etcd clients and peers, among the controllers only", ["2379", "2380"], {
        sourceTags: [CONTROLLER_TAG],
      }),
      this.allow("ssh", "SSH, from the configured ranges and the subnet", ["22"], {
        sourceRanges: [...sshSourceRanges, subnetCidr],
      }),
      this.allow("api", "kube-apiserver, from the subnet and the pods", ["6443"], {
        sourceRanges: [subnetCidr, podCidr],
      }),
    ];
    if (apiServerSourceRanges.length > 0) {
      rules.push(
        this.allow("etcd-clients", "etcd clients, from the API servers' ranges", ["2379"], {
          sourceRanges: [...apiServerSourceRanges],
        }),
      );
    }
    return rules;
  }

  private allow(
    role: string,
    description: string,
    ports: string[],
    source: { sourceTags: string[] } | { sourceRanges: string[] },
  ): Firewall {
    return new Firewall(
      `${this.name}-${role}`,
      {
        name: `${this.args.networkName}-${role}`,
        description,
        network: this.vpc.selfLink,
        direction: "INGRESS",
        allows: [{ protocol: "tcp", ports }],
        targetTags: [CONTROLLER_TAG],
        ...source,
      },
      { parent: this, deleteBeforeReplace: true },
    );
  }

  /** Controllers without public addresses download the release through NAT. */
  private createWayOut(): pulumi.Resource[] {
    if (this.args.sshReach === "external") return [];
    const router = new Router(
      `${this.name}-router`,
      { name: `${this.args.networkName}-router`, network: this.vpc.selfLink, region: this.args.region },
      { parent: this, deleteBeforeReplace: true },
    );
    const nat = new RouterNat(
      `${this.name}-nat`,
      {
        name: `${this.args.networkName}-nat`,
        router: router.name,
        region: this.args.region,
        natIpAllocateOption: "AUTO_ONLY",
        sourceSubnetworkIpRangesToNat: "LIST_OF_SUBNETWORKS",
        subnetworks: [{ name: this.subnet.selfLink, sourceIpRangesToNats: ["ALL_IP_RANGES"] }],
      },
      { parent: this, deleteBeforeReplace: true },
    );
    return [nat];
  }
}
