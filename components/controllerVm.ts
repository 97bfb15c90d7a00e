import { Address } from "@pulumi/gcp/compute/address";
import { Disk } from "@pulumi/gcp/compute/disk";
import { Instance } from "@pulumi/gcp/compute/instance";
import * as pulumi from "@pulumi/pulumi";
import type { DataDisk } from "../core/dataDisk";
import type { Controller } from "../core/etcd/topology";
import { contentHash } from "../core/node/contentHash";
import { DATA_DISK_DEVICE } from "../core/node/layout";
import { renderStartupScript } from "../core/node/startupScript";
import type { Settings } from "../core/settings";
import { CONTROLLER_TAG, type Network } from "./network";
import { createSshKey } from "./privateKey";

/** The user that the deploy key belongs to on every controller; the guest agent gives it sudo. */
export const DEPLOY_USER = "etcd-deploy";

/** What a controller's VM is made of. */
export interface ControllerVmArgs
  extends Pick<
    Settings,
    | "region"
    | "machineType"
    | "image"
    | "bootDiskSizeGb"
    | "dataDiskType"
    | "dataDiskSizeGb"
    | "labels"
    | "deletionProtection"
    | "sshReach"
  > {
  readonly controller: Controller;
  readonly network: Network;
  readonly serviceAccountEmail: pulumi.Input<string>;
  /** OpenSSH public key of the deploy user. */
  readonly deployPublicKey: pulumi.Input<string>;
  /** What must have ended well before this VM or its data disk may be touched. */
  readonly after: pulumi.Output<pulumi.Resource[]>;
}

/** The settings whose change stops or replaces a controller's VM or its data disk. */
export type VmSettings = Pick<
  Settings,
  "machineType" | "image" | "bootDiskSizeGb" | "dataDiskType" | "dataDiskSizeGb" | "sshReach"
>;

/** The fingerprint of every property whose change stops or replaces a controller's VM or its data disk. */
export function vmFingerprint(settings: VmSettings, controller: Controller): string {
  return contentHash([JSON.stringify([vmShape(settings, controller), diskShape(settings, controller)])]);
}

function diskShape({ dataDiskType, dataDiskSizeGb }: VmSettings, { name, zone }: Controller) {
  return { name: `${name}-etcd-data`, zone, type: dataDiskType, size: dataDiskSizeGb };
}

function vmShape(settings: VmSettings, { name, zone }: Controller) {
  const { machineType, image, bootDiskSizeGb, sshReach } = settings;
  return {
    name,
    zone,
    machineType,
    // Pod traffic is routed through the controllers' network, as in Kubernetes The Hard Way.
    canIpForward: true,
    bootDisk: { initializeParams: { image, size: bootDiskSizeGb, type: "pd-balanced" } },
    shieldedInstanceConfig: { enableSecureBoot: true, enableVtpm: true, enableIntegrityMonitoring: true },
    accessConfigs: sshReach === "external" ? [{ networkTier: "PREMIUM" }] : [],
    // No role is granted to the account; these two are what a VM needs to report on itself.
    scopes: [
      "https://www.googleapis.com/auth/logging.write",
      "https://www.googleapis.com/auth/monitoring.write",
    ],
  };
}

/** One controller: a reserved address and a data disk that outlive the VM, and the VM. */
export class ControllerVm extends pulumi.ComponentResource {
  readonly instance: Instance;
  /** The reserved internal address. */
  readonly ip: string;
  /** GCE's id, which a replaced VM changes. */
  readonly instanceId: pulumi.Output<string>;
  /** What the data disk is. */
  readonly dataDisk: pulumi.Output<DataDisk>;
  /** In authorized_keys format. */
  readonly hostKey: pulumi.Output<string>;
  /** Where the engine or bastion dials it. */
  readonly sshHost: pulumi.Output<string>;

  constructor(
    private readonly name: string,
    private readonly args: ControllerVmArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("etcd-on-gce:index:ControllerVm", name, {}, opts);
    const hostKey = createSshKey(`${name}-host-key`, this);
    this.hostKey = hostKey.publicKeyOpenssh.apply((key) => key.trim());
    const address = this.createAddress();
    const disk = this.createDataDisk();
    this.dataDisk = pulumi
      .all([disk.zone, disk.type, disk.size])
      .apply(([zone, type = args.dataDiskType, sizeGb]) => ({ zone, type, sizeGb }));
    this.instance = this.createInstance(address, disk, hostKey.privateKeyOpenssh);
    this.ip = args.controller.ip;
    this.instanceId = this.instance.instanceId;
    this.sshHost = this.instance.networkInterfaces.apply((nics) => {
      const nic = nics[0];
      return (
        (args.sshReach === "external" ? nic?.accessConfigs?.[0]?.natIp : nic?.networkIp) ?? args.controller.ip
      );
    });
    this.registerOutputs({ instanceId: this.instanceId });
  }

  private createAddress(): Address {
    const { controller, network, region } = this.args;
    return new Address(
      `${this.name}-address`,
      {
        name: controller.name,
        region,
        addressType: "INTERNAL",
        address: controller.ip,
        subnetwork: network.subnet.selfLink,
      },
      { parent: this, deleteBeforeReplace: true },
    );
  }

  private createDataDisk(): Disk {
    const { controller, labels, deletionProtection } = this.args;
    return new Disk(
      `${this.name}-data`,
      { ...diskShape(this.args, controller), labels: { ...labels } },
      { parent: this, deleteBeforeReplace: true, protect: deletionProtection, dependsOn: this.args.after },
    );
  }

  private createInstance(address: Address, disk: Disk, hostPrivateKey: pulumi.Output<string>): Instance {
    const { args } = this;
    const { accessConfigs, scopes, ...shape } = vmShape(args, args.controller);
    return new Instance(
      this.name,
      {
        ...shape,
        tags: ["kubernetes-the-hard-way", CONTROLLER_TAG],
        labels: { ...args.labels },
        deletionProtection: args.deletionProtection,
        // A changed machine type stops the VM; `after` sees to it that it is one VM at a time.
        allowStoppingForUpdate: true,
        attachedDisks: [{ source: disk.selfLink, deviceName: DATA_DISK_DEVICE, mode: "READ_WRITE" }],
        networkInterfaces: [
          {
            subnetwork: args.network.subnet.selfLink,
            networkIp: address.address,
            ...(accessConfigs.length > 0 ? { accessConfigs } : {}),
          },
        ],
        serviceAccount: { email: args.serviceAccountEmail, scopes },
        metadata: {
          "enable-oslogin": "FALSE",
          "block-project-ssh-keys": "TRUE",
          "ssh-keys": pulumi.interpolate`${DEPLOY_USER}:${args.deployPublicKey}`,
          "startup-script": hostPrivateKey.apply(renderStartupScript),
        },
      },
      {
        parent: this,
        deleteBeforeReplace: true,
        protect: args.deletionProtection,
        dependsOn: args.after.apply((resources) => [...args.network.ready, ...resources]),
      },
    );
  }
}
