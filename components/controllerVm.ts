import { Address } from "@pulumi/gcp/compute/address";
import { Disk } from "@pulumi/gcp/compute/disk";
import { Instance } from "@pulumi/gcp/compute/instance";
import * as pulumi from "@pulumi/pulumi";
import { CONTROLLER_TAG, type Controller } from "../core/etcd/topology";
import { contentHash } from "../core/node/contentHash";
import { type DataDisk, isSameButSize } from "../core/node/dataDisk";
import { DATA_DISK_DEVICE, DEPLOY_USER } from "../core/node/layout";
import { renderStartupScript } from "../core/node/startupScript";
import type { Settings } from "../core/settings";
import { seriesOf } from "../core/settings/machineSeries";
import { dataDiskName, FINGERPRINT_LABEL, type LiveController, requireOn, withoutVersion } from "./liveVm";
import type { Network } from "./network";
import { createSshKey } from "./privateKey";
import { waitForNewVm } from "./sshPort";

/** What a controller's VM is made of. */
export interface ControllerVmArgs
  extends VmSettings,
    Pick<Settings, "region" | "labels" | "deletionProtection"> {
  readonly controller: Controller;
  readonly network: Network;
  /** Email of the VM's service account. */
  readonly account: pulumi.Input<string>;
  /** OpenSSH public key of the deploy user. */
  readonly deployPublicKey: pulumi.Input<string>;
  /** Whether the VM is there and off as the run begins. */
  readonly wasOff: pulumi.Output<boolean>;
  /** What must have succeeded before this VM or its data disk may be touched. */
  readonly after: pulumi.Output<pulumi.Resource[]>;
}

/** The settings whose change stops or replaces a controller's VM or its data disk. */
export type VmSettings = Pick<
  Settings,
  | "machineType"
  | "image"
  | "bootDiskSizeGb"
  | "dataDiskType"
  | "dataDiskSizeGb"
  | "diskKmsKey"
  | "canIpForward"
  | "serviceAccountEmail"
  | "sshReach"
>;

/** The fingerprint of every property whose change stops or replaces a controller's VM or its data disk. */
export function vmFingerprint(settings: VmSettings, controller: Controller): string {
  return contentHash([JSON.stringify([vmShape(settings, controller), diskShape(settings, controller)])]);
}

/** Whether a controller's VM or data disk is made of something else; VMs of older releases do not say what of. */
export function isOther(
  { vm, disk }: Partial<LiveController> = {},
  settings: VmSettings,
  controller: Controller,
): boolean {
  const { machineType, dataDiskSizeGb } = settings;
  const fingerprint = vmFingerprint(settings, controller);
  return (
    (vm?.fingerprint ?? fingerprint) !== fingerprint ||
    (vm?.machineType ?? machineType) !== machineType ||
    (disk?.sizeGb ?? dataDiskSizeGb) !== dataDiskSizeGb ||
    (disk !== undefined && !isSameButSize(disk, declaredDisk(settings, controller)))
  );
}

/** The data disk that the settings make. */
export function declaredDisk(settings: VmSettings, { zone }: Controller): DataDisk {
  const { dataDiskType: type, dataDiskSizeGb: sizeGb, diskKmsKey: kmsKey } = settings;
  return { zone, type, sizeGb, kmsKey };
}

// What has no value takes no part in a fingerprint: those of releases without the setting stay as they were.
function diskShape({ dataDiskType, dataDiskSizeGb, diskKmsKey }: VmSettings, { name, zone }: Controller) {
  return {
    name: dataDiskName(name),
    zone,
    type: dataDiskType,
    size: dataDiskSizeGb,
    ...(diskKmsKey ? { diskEncryptionKey: { kmsKeySelfLink: diskKmsKey } } : {}),
  };
}

function vmShape(settings: VmSettings, { name, zone }: Controller) {
  const { machineType, image, bootDiskSizeGb, canIpForward, diskKmsKey, serviceAccountEmail } = settings;
  const type = seriesOf(machineType)?.bootDiskType ?? "pd-balanced";
  return {
    name,
    zone,
    machineType,
    canIpForward,
    bootDisk: {
      initializeParams: { image, size: bootDiskSizeGb, type },
      ...(diskKmsKey ? { kmsKeySelfLink: diskKmsKey } : {}),
    },
    shieldedInstanceConfig: { enableSecureBoot: true, enableVtpm: true, enableIntegrityMonitoring: true },
    accessConfigs: settings.sshReach === "external" ? [{ networkTier: "PREMIUM" }] : [],
    // No role is granted to the account; these two are what a VM needs to report on itself.
    scopes: [
      "https://www.googleapis.com/auth/logging.write",
      "https://www.googleapis.com/auth/monitoring.write",
    ],
    ...(serviceAccountEmail ? { serviceAccountEmail } : {}),
  };
}

/** One controller: reserved addresses and a data disk that outlive the VM, and the VM. */
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
  /** The reserved public address, with `sshReach` external. */
  readonly externalIp: pulumi.Output<string> | undefined;

  constructor(
    private readonly name: string,
    private readonly args: ControllerVmArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("etcd-on-gce:index:ControllerVm", name, {}, opts);
    const hostKey = createSshKey(`${name}-host-key`, this);
    this.hostKey = hostKey.publicKeyOpenssh.apply((key) => key.trim());
    const address = this.createAddress();
    this.externalIp = args.sshReach === "external" ? this.createExternalAddress().address : undefined;
    const disk = this.createDataDisk();
    this.dataDisk = pulumi
      .all([disk.zone, disk.type, disk.size, disk.diskEncryptionKey])
      .apply(([zone, type = args.dataDiskType, sizeGb, encryption]) => {
        return { zone, type, sizeGb, kmsKey: withoutVersion(encryption?.kmsKeySelfLink) };
      });
    this.instance = this.createInstance(address, disk, hostKey.privateKeyOpenssh);
    this.ip = args.controller.ip;
    this.instanceId = pulumi.all([this.instance.instanceId, args.wasOff]).apply(async ([id, off]) => {
      if (off) await requireOn(args.controller, this);
      return id;
    });
    this.registerOutputs({ instanceId: this.instanceId });
  }

  /** Where the engine or bastion dials it. */
  get sshHost(): pulumi.Input<string> {
    return this.externalIp ?? this.ip;
  }

  /** The same, once a VM that this run has made listens there. */
  get listeningHost(): pulumi.Input<string> {
    if (pulumi.runtime.isDryRun()) return this.sshHost;
    return pulumi.all([this.sshHost, this.instance.creationTimestamp]).apply(async ([host, created]) => {
      await waitForNewVm(host, created);
      return host;
    });
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
        ...labelled(this.args),
      },
      { parent: this, deleteBeforeReplace: true },
    );
  }

  private createExternalAddress(): Address {
    const { controller, region } = this.args;
    return new Address(
      `${this.name}-external-address`,
      { name: `${controller.name}-external`, region, addressType: "EXTERNAL", ...labelled(this.args) },
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
    const {
      accessConfigs,
      scopes,
      bootDisk,
      serviceAccountEmail: _,
      ...shape
    } = vmShape(args, args.controller);
    const initializeParams = { ...bootDisk.initializeParams, ...labelled(args) };
    return new Instance(
      this.name,
      {
        ...shape,
        bootDisk: { ...bootDisk, initializeParams },
        tags: ["kubernetes-the-hard-way", CONTROLLER_TAG],
        labels: { ...args.labels, [FINGERPRINT_LABEL]: vmFingerprint(args, args.controller) },
        deletionProtection: args.deletionProtection,
        // A changed machine type stops the VM; `after` sees to it that it is one VM at a time.
        allowStoppingForUpdate: true,
        // Only a changed property makes the provider start a VM, so it is set while the VM is off.
        desiredStatus: args.wasOff.apply((off) => (off ? "RUNNING" : undefined)) as pulumi.Output<string>,
        attachedDisks: [{ source: disk.selfLink, deviceName: DATA_DISK_DEVICE, mode: "READ_WRITE" }],
        networkInterfaces: [
          {
            subnetwork: args.network.subnet.selfLink,
            networkIp: address.address,
            ...(this.externalIp
              ? {
                  accessConfigs: accessConfigs.map((config) => ({
                    ...config,
                    natIp: this.externalIp as pulumi.Output<string>,
                  })),
                }
              : {}),
          },
        ],
        serviceAccount: { email: args.account, scopes },
        metadata: {
          "enable-oslogin": "FALSE",
          "block-project-ssh-keys": "TRUE",
          // The project may have it on: a console where whoever may look at VMs logs in from anywhere.
          "serial-port-enable": "FALSE",
          "ssh-keys": pulumi.interpolate`${DEPLOY_USER}:${args.deployPublicKey}`,
          "startup-script": hostPrivateKey.apply(renderStartupScript),
        },
      },
      {
        parent: this,
        deleteBeforeReplace: true,
        protect: args.deletionProtection,
        dependsOn: args.after,
        // The provider would grow the disk, and the file system only at the next boot.
        replaceOnChanges: ["bootDisk.initializeParams.size"],
        // GCE refuses the change in place, after the provider has stopped the VM.
        replacementTrigger: seriesOf(args.machineType)?.lineage,
        // A new data disk under an old name is no change to the VM, which would keep the mount of the one that is gone.
        replaceWith: [disk],
      },
    );
  }
}

/** Labels, where there are any: an empty map is a change to what has none. */
function labelled({ labels }: Pick<Settings, "labels">): { labels?: Record<string, string> } {
  return Object.keys(labels).length > 0 ? { labels: { ...labels } } : {};
}
