import { Command } from "@pulumi/command/remote/command";
import * as pulumi from "@pulumi/pulumi";
import type { Release } from "../core/etcd/releases";
import { type Controller, initialCluster } from "../core/etcd/topology";
import { renderCertificateFiles } from "../core/node/certificateFiles";
import { contentHash } from "../core/node/contentHash";
import { DATA_DISK_DEVICE, DECLARED_DIR } from "../core/node/layout";
import { type NodeFile, renderNodeBundle, withStdin } from "../core/node/nodeBundle";
import { commandName, type MemberPhase, parsePhase, renderPhase } from "../core/node/phases";
import type { Connection } from "./connection";
import type { LeafCertificate } from "./leafCertificate";

/** What one etcd member is made of. */
export interface MemberNodeArgs {
  readonly controller: Controller;
  readonly controllers: readonly Controller[];
  /** Names of the controllers that founded the cluster; only they may ever start it as new. */
  readonly founders: pulumi.Input<readonly string[]>;
  readonly release: Release;
  readonly dataDiskSizeGb: number;
  /** What `nodeFiles` gives. */
  readonly files: readonly NodeFile[];
  readonly connection: pulumi.Input<Connection>;
  /** What must exist before Pulumi can connect to the node and the node to the Internet: a VM boots meanwhile. */
  readonly reachable: readonly pulumi.Resource[];
  /** A replaced VM has another one, which makes every phase run again, as an update. */
  readonly instanceId: pulumi.Input<string>;
  readonly certificate: LeafCertificate;
  readonly caBundlePem: pulumi.Input<string>;
}

/**
 * One etcd member on its node, in three SSH commands: `install` and `bootstrap`, in parallel with the other
 * nodes' (a founder waits for a majority), and `converge`, which the cluster chains one by one where it runs.
 *
 * Each takes what the one before has printed, so that it runs again whenever that one has. A failed update
 * keeps the old inputs in the state: settings that are then taken back would change nothing for the command
 * that failed, though it has left its node half changed.
 */
export class MemberNode extends pulumi.ComponentResource {
  readonly install: Command;
  readonly bootstrap: Command;
  private converging: Command | undefined;

  constructor(
    private readonly name: string,
    private readonly args: MemberNodeArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("etcd-on-gce:index:MemberNode", name, {}, opts);
    this.install = this.createInstall();
    this.bootstrap = this.createBootstrap();
    this.registerOutputs({});
  }

  /**
   * Creates the member's command in the serial chain; `after` is everything that must be done before.
   *
   * @param vms what this controller's VM is made of, and the next one's: a change of the first may have
   *   stopped this member, a change of the second stops the next one once this phase has ended.
   */
  converge(after: pulumi.Input<pulumi.Resource[]>, vms: { vm: string; next: string }): void {
    const { args } = this;
    const create = pulumi.all([args.instanceId, this.certificateHash()]).apply(([instance, pki]) =>
      renderPhase("converge", {
        name: args.controller.name,
        ip: args.controller.ip,
        version: args.release.version,
        members: initialCluster(args.controllers),
        config: this.configHash(),
        pki,
        instance,
        ...vms,
      }),
    );
    this.converging = this.command(
      "converge",
      { create, update: create, stdin: this.bootstrap.stdout, logging: "stderr" },
      after,
    );
  }

  /** What {@link MemberNode.converge} has made. */
  get convergeCommand(): Command {
    if (!this.converging) throw new pulumi.ResourceError(`${this.name} has no converge command yet`, this);
    return this.converging;
  }

  /** The fingerprint of the VM on which this member has converged last. */
  get convergedVm(): pulumi.Output<string> {
    return this.convergeCommand.create.apply((command) => parsePhase("converge", command ?? "")?.vm ?? "");
  }

  private createInstall(): Command {
    const { args } = this;
    const { curlConfig } = args.release;
    const bundle = pulumi.output(args.instanceId).apply((instance) =>
      renderNodeBundle(
        args.files,
        withStdin(
          curlConfig,
          renderPhase("install", {
            name: args.controller.name,
            ip: args.controller.ip,
            disk: DATA_DISK_DEVICE,
            size: String(args.dataDiskSizeGb),
            version: args.release.version,
            url: args.release.url,
            sha256: args.release.sha256,
            instance,
          }),
        ),
      ),
    );
    const stdin = curlConfig === undefined ? bundle : pulumi.secret(bundle);
    return this.command("install", { create: "sudo bash -s", stdin, logging: "stderr" }, [...args.reachable]);
  }

  private createBootstrap(): Command {
    const { args } = this;
    const script = (mode: string) =>
      pulumi
        .all([args.instanceId, args.founders, this.certificateHash()])
        .apply(([instance, founders, pki]) =>
          renderPhase("bootstrap", {
            mode,
            name: args.controller.name,
            ip: args.controller.ip,
            version: args.release.version,
            members: initialCluster(args.controllers),
            founders: founders.join(","),
            pki,
            instance,
          }),
        );
    const stdin = pulumi.secret(
      pulumi
        .all([this.install.stdout, args.caBundlePem, args.certificate.certPem, args.certificate.keyPem])
        .apply(([run, ca, cert, key]) =>
          renderCertificateFiles(run, { "ca.pem": ca, "kubernetes.pem": cert, "kubernetes-key.pem": key }),
        ),
    );
    // Only the very first success is a create. Whatever makes it run again, a replaced VM included, is an
    // update, and an update never creates a cluster.
    return this.command(
      "bootstrap",
      { create: script("create"), update: script("update"), stdin, logging: "none" },
      [this.install],
    );
  }

  /** Changes when a restart may be due: the node compares for itself and decides. */
  private configHash(): string {
    const declared = this.args.files.filter(({ path }) => path.startsWith(`${DECLARED_DIR}/`));
    return contentHash([this.args.release.sha256, ...declared.map(({ content }) => content)]);
  }

  private certificateHash(): pulumi.Output<string> {
    return pulumi
      .all([this.args.caBundlePem, this.args.certificate.certPem])
      .apply(([ca, cert]) => contentHash([ca, cert]));
  }

  private command(
    phase: MemberPhase,
    args: Omit<CommandInputs, "connection">,
    dependsOn: pulumi.Input<pulumi.Resource[]> = [],
  ): Command {
    return createCommand(
      commandName(this.args.controller.index, phase),
      { ...args, connection: this.args.connection },
      this,
      dependsOn,
    );
  }
}

/** What a phase's Command is given. */
export interface CommandInputs {
  readonly connection: pulumi.Input<Connection>;
  readonly create: pulumi.Input<string>;
  readonly update?: pulumi.Input<string>;
  readonly stdin?: pulumi.Input<string>;
  readonly logging: "stderr" | "none";
}

/** A remote Command without a `delete`: destroying the stack takes no member out of the membership. */
export function createCommand(
  name: string,
  args: CommandInputs,
  parent: pulumi.Resource,
  dependsOn: pulumi.Input<pulumi.Resource[]>,
): Command {
  // The old outputs would travel as environment variables, which sshd refuses.
  return new Command(name, { ...args, addPreviousOutputInEnv: false }, { parent, dependsOn });
}
