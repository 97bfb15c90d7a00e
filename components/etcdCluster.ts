import type { Command } from "@pulumi/command/remote/command";
import { Account } from "@pulumi/gcp/serviceaccount/account";
import * as pulumi from "@pulumi/pulumi";
import { CONTRACT_VERSION, memberOutputs, type SshAccess } from "../core/contract/outputs";
import { knownSha256, type Release, releaseUrl } from "../core/etcd/releases";
import {
  type Controller,
  declareControllers,
  INITIAL_CLUSTER_TOKEN,
  initialCluster,
} from "../core/etcd/topology";
import { renderEtcdEnv } from "../core/node/etcdEnv";
import { renderPhase } from "../core/node/phases";
import type { Settings } from "../core/settings";
import { ControllerVm, DEPLOY_USER, vmMark } from "./controllerVm";
import { type Connection, createCommand, MemberNode } from "./memberNode";
import { Network } from "./network";
import { Pki } from "./pki";
import { createSshKey } from "./privateKey";
import { sshAccessOf } from "./sshAccess";
import { createVmGate } from "./vmGate";

/** What a cluster is made of. */
export interface EtcdClusterArgs {
  /** Validated, see {@link parseSettings}. */
  readonly settings: Settings;
  /**
   * The output `vmMarks` of the last `up` that ended well. When a controller's mark is another one now, VMs and
   * data disks are changed one after the other, each once the member before it is well again.
   *
   * @default {} there is no cluster yet
   */
  readonly lastVmMarks?: pulumi.Input<Readonly<Record<string, string>>>;
  /**
   * What the last `up` has left, as a property of this component: the policy pack in policy/ compares it with what is
   * declared.
   *
   * @default {} there is no cluster yet
   */
  readonly lastUp?: pulumi.Input<Readonly<Record<string, unknown>>>;
}

/**
 * A TLS-secured etcd cluster on Compute Engine controllers.
 *
 * Machines, certificates, installation and founding go in parallel; everything that can restart a member
 * goes through one serial chain, and the membership comes last. When VMs are stopped or replaced, they are in
 * the chain, too: each waits until the member before it has converged.
 */
export class EtcdCluster extends pulumi.ComponentResource {
  readonly network: Network;
  readonly pki: Pki;
  readonly vms: readonly ControllerVm[];
  readonly members: readonly MemberNode[];
  /** As `etcdctl member list` prints it. */
  readonly memberList: pulumi.Output<string>;
  private readonly controllers: readonly Controller[];
  private readonly connections: readonly pulumi.Output<Connection>[];
  private readonly settings: Settings;
  private readonly vmMarks: Readonly<Record<string, string>>;
  /** What the first VM waits for before it is stopped or replaced. */
  private readonly vmGate: pulumi.Resource | undefined;
  /** The last phase. */
  private readonly membership: Command;
  /** Whether some VM or data disk of the cluster that stands is going to be stopped or replaced. */
  private readonly changesVms: pulumi.Output<boolean>;
  /** Whether it is, and the cluster that stands has a second member to ask. */
  private readonly asksGate: pulumi.Output<boolean>;

  constructor(
    private readonly name: string,
    args: EtcdClusterArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("etcd-on-gce:index:EtcdCluster", name, {}, opts);
    this.settings = args.settings;
    this.controllers = declareControllers(this.settings.controllerCount, this.settings.zones);
    this.vmMarks = Object.fromEntries(this.controllers.map((c) => [c.name, vmMark(this.settings, c)]));
    const lastVmMarks = pulumi.output(args.lastVmMarks).apply((last = {}) => last);
    this.changesVms = lastVmMarks.apply((last) =>
      Object.entries(this.vmMarks).some(([name, mark]) => (last[name] ?? mark) !== mark),
    );
    this.asksGate = pulumi
      .all([this.changesVms, lastVmMarks])
      .apply(([does, last]) => does && (this.controllers[1]?.name ?? "") in last);
    this.network = new Network(`${name}-network`, this.settings, { parent: this });
    this.pki = new Pki(`${name}-pki`, { ...this.settings, controllers: this.controllers }, { parent: this });
    const deployKey = createSshKey(`${name}-deploy-key`, this);
    this.vms = this.createVms(deployKey.publicKeyOpenssh);
    this.connections = this.vms.map((vm) => this.connectionTo(vm, vm.sshHost, deployKey.privateKeyOpenssh));
    this.vmGate = this.createGate(deployKey.privateKeyOpenssh);
    this.members = this.createMembers();
    this.membership = this.convergeInTurn();
    this.memberList = this.membership.stdout;
    const { etcdVersion } = this.settings;
    this.registerOutputs({ memberList: this.memberList, etcdVersion, lastUp: args.lastUp ?? {} });
  }

  /** The contract with the control-plane stack: flat, since secrecy is tracked by output. */
  outputs(): Record<string, pulumi.Output<unknown> | unknown> {
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
      certificateExpiry: this.pki.expiry,
      vmMarks: pulumi.all(
        Object.fromEntries(this.controllers.map((c) => [c.name, this.members[c.index]?.convergedVm])),
      ),
      networkSelfLink: this.network.vpc.selfLink,
      subnetSelfLink: this.network.subnet.selfLink,
      ...(this.settings.exportCaKey ? { caKeyPem: pulumi.secret(this.pki.activeCaKeyPem) } : {}),
      ...(this.settings.exportSshAccess ? { sshAccess: this.sshAccess() } : {}),
    };
  }

  /** How another stack reaches the controllers, once they are members. */
  private sshAccess(): pulumi.Output<readonly SshAccess[]> {
    const access = this.controllers.map(({ name, index }) =>
      (this.connections[index] as pulumi.Output<Connection>).apply((connection) =>
        sshAccessOf(name, connection as pulumi.Unwrap<Connection>),
      ),
    );
    return pulumi.secret(pulumi.all([pulumi.all(access), this.memberList]).apply(([all]) => all));
  }

  /** Clients get certificates once every member takes them. */
  private afterMembership(pem: pulumi.Output<string>): pulumi.Output<string> {
    return pulumi.all([pem, this.memberList]).apply(([text]) => text);
  }

  private createVms(deployPublicKey: pulumi.Output<string>): ControllerVm[] {
    const account = new Account(
      `${this.name}-service-account`,
      { accountId: "etcd-controller", displayName: "etcd controllers (no roles)" },
      { parent: this },
    );
    return this.controllers.map(
      (controller) =>
        new ControllerVm(
          controller.name,
          {
            ...this.settings,
            controller,
            network: this.network,
            serviceAccountEmail: account.email,
            deployPublicKey: deployPublicKey.apply((key) => key.trim()),
            after: this.beforeVm(controller.index),
          },
          { parent: this },
        ),
    );
  }

  /**
   * The second controller is asked, since the first may be off after a failed run. Where it is no member yet, the
   * gate comes last. A public address is known of a VM alone, and what is dialled there cannot come before VMs:
   * then there is no gate.
   */
  private createGate(deployKey: pulumi.Output<string>): pulumi.Resource | undefined {
    const [first, second] = this.controllers;
    const vm = this.vms[1];
    if (!first || !second || !vm || this.settings.sshReach === "external") return undefined;
    const gate = {
      connection: this.connectionTo(vm, second.ip, deployKey),
      controller: first.name,
      vmMark: this.vmMarks[first.name] ?? "",
    };
    const after = this.asksGate.apply((asks) => (asks ? [] : [this.membership]));
    return createVmGate(`${this.name}-vm-gate`, gate, this, after);
  }

  /** What must have ended well before a controller's VM may be touched: nothing, unless some VM is changed. */
  private beforeVm(index: number): pulumi.Output<pulumi.Resource[]> {
    return pulumi.all([this.changesVms, this.asksGate]).apply(([does, asks]) => {
      if (!does) return [];
      if (index > 0) return this.placeBefore(index);
      return asks && this.vmGate ? [this.vmGate] : [];
    });
  }

  /** The place in the chain before a controller's; the first has none. */
  private placeBefore(index: number): pulumi.Resource[] {
    const before = this.members[index - 1];
    return before ? [before.place] : [];
  }

  private connectionTo(
    vm: ControllerVm,
    host: pulumi.Input<string>,
    privateKey: pulumi.Output<string>,
  ): pulumi.Output<Connection> {
    const { bastion, sshDialErrorLimit } = this.settings;
    const common = { privateKey, dialErrorLimit: sshDialErrorLimit, perDialTimeout: 15 };
    const proxy = bastion && {
      host: bastion.host,
      port: bastion.port ?? 22,
      user: bastion.user,
      hostKey: bastion.hostKey,
      ...common,
    };
    return pulumi.secret({
      host,
      user: DEPLOY_USER,
      hostKey: vm.hostKey,
      ...common,
      ...(proxy ? { proxy } : {}),
    }) as pulumi.Output<Connection>;
  }

  private createMembers(): MemberNode[] {
    // Who founded the cluster is decided once: later changes of the declared controllers do not reach it.
    const founders = new pulumi.Stash(
      `${this.name}-founders`,
      { input: this.controllers.map((c) => c.name) },
      { parent: this, ignoreChanges: ["input"] },
    );
    const release = this.release();
    const etcdEnv = renderEtcdEnv(this.settings);
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
            etcdEnv,
            connection: this.connections[index] as pulumi.Output<Connection>,
            instanceId: vm.instanceId,
            certificate: this.pki.member(index),
            caBundlePem: this.pki.caBundlePem,
          },
          { parent: this },
        ),
    );
  }

  private convergeInTurn(): Command {
    const bootstraps = this.members.map((member) => member.bootstrap);
    this.members.forEach((member, index) => {
      const before = this.placeBefore(index);
      // All start before the first is waited for: a founder is well once a majority has started. But a VM that
      // waits for its turn has nothing that another could wait for.
      const after = this.changesVms.apply((does) => [...before, ...(does ? [member.bootstrap] : bootstraps)]);
      const [own, next] = this.controllers.slice(index).map((c) => this.vmMarks[c.name]);
      member.converge(after, { own: own ?? "", next: next ?? "none" });
    });
    const create = pulumi.all(this.vms.map((vm) => vm.instanceId)).apply((instances) =>
      renderPhase("membership", {
        name: (this.controllers[0] as Controller).name,
        version: this.settings.etcdVersion,
        members: initialCluster(this.controllers),
        instances: instances.join(","),
      }),
    );
    return createCommand(
      `${this.name}-membership`,
      {
        connection: this.connections[0] as pulumi.Output<Connection>,
        create,
        update: create,
        stdin: pulumi.all(this.members.map((member) => member.place.stdout)).apply((runs) => runs.join("\n")),
        logging: "stderr",
      },
      this,
      this.members.map((member) => member.place),
    );
  }

  private release(): Release {
    const { etcdVersion, architecture, etcdDownloadBaseUrl, etcdSha256 } = this.settings;
    const sha256 = etcdSha256 || knownSha256(etcdVersion, architecture);
    if (!sha256) throw new pulumi.ResourceError(`no checksum of etcd ${etcdVersion}; set etcdSha256`, this);
    const url = releaseUrl(etcdDownloadBaseUrl, etcdVersion, architecture);
    return { version: etcdVersion, architecture, url, sha256 };
  }
}
