import type { Command } from "@pulumi/command/remote/command";
import { Account } from "@pulumi/gcp/serviceaccount/account";
import * as pulumi from "@pulumi/pulumi";
import {
  type ClusterOutputs,
  CONTRACT_VERSION,
  memberOutputs,
  type OtherOutputs,
  type SshAccess,
} from "../core/contract/outputs";
import {
  type Controller,
  declareControllers,
  INITIAL_CLUSTER_TOKEN,
  initialCluster,
} from "../core/etcd/topology";
import { renderEtcdEnv } from "../core/node/etcdEnv";
import { renderPhase } from "../core/node/phases";
import type { Settings, SettingsArgs } from "../core/settings";
import { requireAvailable } from "./availability";
import { checkedSettings } from "./checkedSettings";
import { type Connection, connectionTo, sshAccessOf } from "./connection";
import { ControllerVm } from "./controllerVm";
import { requireKeptData } from "./keptData";
import { type LiveControllers, lookUpControllers } from "./liveVm";
import { createCommand, MemberNode } from "./memberNode";
import { Network } from "./network";
import { nodeFiles } from "./nodeFiles";
import { Pki } from "./pki";
import { previousOutputs, requireExport } from "./previousOutputs";
import { createSshKey } from "./privateKey";
import { type ReachArgs, reachable } from "./reach";
import { releaseOf } from "./release";
import { VmChain } from "./vmChain";

/** The settings of the cluster. Each has a default, see {@link SettingValues}, and a row in docs/operate/settings.md. */
export type EtcdClusterArgs = SettingsArgs;

type AsInputs<T> = { readonly [K in keyof T]: pulumi.Input<T[K]> };

/** The outputs that a program exports, each by its own name. */
export type EtcdClusterOutputs = AsInputs<ClusterOutputs> & AsInputs<OtherOutputs>;

/**
 * A TLS-secured etcd cluster on Compute Engine controllers.
 *
 * Machines, certificates, installation and the first start go in parallel; everything that can restart a member
 * goes through one serial chain, and the membership comes last. When VMs are stopped or replaced, they are in
 * the chain as well: each waits until the member before it has converged.
 *
 * The program must export {@link EtcdCluster.outputs}: the next `up` reads them.
 *
 * @example
 * ```ts
 * const cluster = new EtcdCluster("etcd", { etcdVersion: "3.5.33" });
 * export = cluster.outputs();
 * ```
 */
export class EtcdCluster extends pulumi.ComponentResource {
  readonly network: Network;
  readonly pki: Pki;
  readonly vms: readonly ControllerVm[];
  readonly members: readonly MemberNode[];
  /** As `etcdctl member list` prints it. */
  readonly memberList: pulumi.Output<string>;
  private readonly name: string;
  private readonly settings: Settings;
  private readonly controllers: readonly Controller[];
  private readonly connections: readonly pulumi.Output<Connection>[];
  private readonly live: pulumi.Output<LiveControllers>;
  private readonly chain: VmChain;
  /** Fails when data would be deleted without a word of it in the settings. */
  private readonly keepsData: pulumi.Output<void>;

  /** @throws RunError with everything that is wrong with the settings, before any resource is registered. */
  constructor(name: string, args: EtcdClusterArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    const { settings, warnings } = checkedSettings(args);
    super("etcd-on-gce:index:EtcdCluster", name, {}, opts);
    for (const warning of warnings) void pulumi.log.warn(warning);
    this.name = name;
    this.settings = settings;
    this.controllers = declareControllers(settings.controllerCount, settings.zones, settings.subnetCidr);
    const previous = previousOutputs();
    this.live = lookUpControllers(this.controllers, previous.dataDisks, this);
    this.keepsData = requireKeptData(previous, this.live, this.controllers, settings);
    const lastAddress = previous.externalAddresses.apply((addresses) => addresses[1]);
    // The address used before any VM is changed is the one of the last `pulumi up`.
    const canAsk = lastAddress.apply((address) => settings.sshReach !== "external" || address !== undefined);
    this.chain = new VmChain(this.controllers, settings, previous, this.live, canAsk);
    this.network = new Network(`${name}-network`, settings, { parent: this });
    this.pki = new Pki(`${name}-pki`, { ...settings, controllers: this.controllers }, { parent: this });
    const deployKey = createSshKey(`${name}-deploy-key`, this);
    this.vms = this.createVms(deployKey.publicKeyOpenssh);
    const dial = (vm: ControllerVm, host: pulumi.Input<string>) =>
      connectionTo(settings, { host, hostKey: vm.hostKey, privateKey: deployKey.privateKeyOpenssh });
    this.connections = this.vms.map((vm) => dial(vm, settings.bastion ? vm.sshHost : vm.listeningHost));
    this.members = this.createMembers(deployKey.privateKeyOpenssh);
    this.chain.converge(this.members);
    const membership = this.createMembership();
    this.memberList = membership.stdout;
    const [, second] = this.vms;
    if (second) {
      const host = pulumi
        .all([lastAddress, second.sshHost])
        .apply(([last, now]) => (settings.sshReach === "external" && last) || now);
      this.chain.addGate(`${name}-vm-gate`, dial(second, host), membership, this);
    }
    requireExport();
    this.registerOutputs({
      memberList: this.memberList,
      etcdVersion: settings.etcdVersion,
      previousOutputs: previous.forPolicies,
    });
  }

  /** The contract with the control-plane stack, and what the next `up` reads: flat, since secrecy is tracked by output. */
  outputs(): EtcdClusterOutputs {
    return {
      contractVersion: CONTRACT_VERSION,
      memberList: this.memberList,
      members: this.memberList.apply(memberOutputs),
      endpoints: this.controllers.map((c) => c.clientUrl),
      clusterToken: INITIAL_CLUSTER_TOKEN,
      etcdVersion: this.settings.etcdVersion,
      caCertPem: this.afterMembership(this.pki.caBundlePem),
      kubernetesCertPem: this.afterMembership(this.pki.kubernetes.certPem),
      kubernetesKeyPem: pulumi.secret(this.afterMembership(this.pki.kubernetes.keyPem)),
      etcdClientCertPem: this.afterMembership(this.pki.etcdClient.certPem),
      etcdClientKeyPem: pulumi.secret(this.afterMembership(this.pki.etcdClient.keyPem)),
      certificateExpiry: this.pki.expiry,
      networkSelfLink: this.network.vpc.selfLink,
      subnetSelfLink: this.network.subnet.selfLink,
      vmFingerprints: this.chain.converged,
      dataDisks: pulumi.all(
        Object.fromEntries(
          this.vms.map((vm, index) => [(this.controllers[index] as Controller).name, vm.dataDisk]),
        ),
      ),
      externalAddresses: pulumi.all(this.vms.flatMap((vm) => vm.externalIp ?? [])),
      ...(this.settings.exportCaKey ? { caKeyPem: pulumi.secret(this.pki.activeCaKeyPem) } : {}),
      ...(this.settings.exportSshAccess ? { sshAccess: this.sshAccess() } : {}),
    };
  }

  /** How another stack reaches the controllers, once they are members. */
  private sshAccess(): pulumi.Output<SshAccess[]> {
    const access = this.connections.map((connection, index) =>
      sshAccessOf((this.controllers[index] as Controller).name, connection),
    );
    return pulumi.secret(this.afterMembership(pulumi.all(access)));
  }

  /** Clients get certificates once every member takes them. */
  private afterMembership<T>(value: pulumi.Output<T>): pulumi.Output<T> {
    return pulumi.all([value, this.memberList]).apply(([given]) => given) as pulumi.Output<T>;
  }

  private createVms(deployPublicKey: pulumi.Output<string>): ControllerVm[] {
    const account =
      this.settings.serviceAccountEmail ||
      new Account(
        `${this.name}-service-account`,
        { accountId: "etcd-controller", displayName: "etcd controllers (no roles)" },
        { parent: this },
      ).email;
    const available = requireAvailable(this.settings, this.chain.changesVms, this);
    return this.controllers.map(
      (controller) =>
        new ControllerVm(
          controller.name,
          {
            ...this.settings,
            controller,
            network: this.network,
            account,
            deployPublicKey: deployPublicKey.apply((key) => key.trim()),
            wasOff: this.live.apply((live) => live[controller.name]?.vm?.isOff ?? false),
            after: pulumi.all([available, this.keepsData]).apply(() => this.chain.beforeVm(controller.index)),
          },
          { parent: this },
        ),
    );
  }

  private createMembers(privateKey: pulumi.Output<string>): MemberNode[] {
    // Who founded the cluster is decided once: later changes of the declared controllers do not reach it.
    const founders = new pulumi.Stash(
      `${this.name}-founders`,
      { input: this.controllers.map((c) => c.name) },
      { parent: this, ignoreChanges: ["input"] },
    );
    const release = releaseOf(this.settings, this);
    const files = nodeFiles(renderEtcdEnv(this.settings));
    return this.vms.map(
      (vm, index) =>
        new MemberNode(
          `member-${index}`,
          {
            controller: this.controllers[index] as Controller,
            controllers: this.controllers,
            founders: founders.output as pulumi.Output<string[]>,
            release,
            dataDiskSizeGb: this.settings.dataDiskSizeGb,
            files,
            connection: this.connections[index] as pulumi.Output<Connection>,
            reachable: reachable(this.settings, this.reach(index, vm), privateKey),
            instanceId: vm.instanceId,
            certificate: this.pki.member(index),
            caBundlePem: this.pki.caBundlePem,
          },
          { parent: this },
        ),
    );
  }

  private reach(index: number, vm: ControllerVm): ReachArgs {
    const controller = this.controllers[index] as Controller;
    const fingerprint = this.chain.fingerprints[controller.name];
    return { controller, vm, fingerprint, network: this.network.ready };
  }

  /** The last phase. */
  private createMembership(): Command {
    const create = pulumi.all(this.vms.map((vm) => vm.instanceId)).apply((instances) =>
      renderPhase("membership", {
        name: (this.controllers[0] as Controller).name,
        version: this.settings.etcdVersion,
        members: initialCluster(this.controllers),
        instances: instances.join(","),
      }),
    );
    const converges = this.members.map((member) => member.convergeCommand);
    return createCommand(
      `${this.name}-membership`,
      {
        connection: this.connections[0] as pulumi.Output<Connection>,
        create,
        update: create,
        stdin: pulumi.all(converges.map(({ stdout }) => stdout)).apply((runs) => runs.join("\n")),
        logging: "stderr",
      },
      this,
      converges,
    );
  }
}
