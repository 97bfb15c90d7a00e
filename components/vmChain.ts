import type { Command } from "@pulumi/command/remote/command";
import * as pulumi from "@pulumi/pulumi";
import type { Controller } from "../core/etcd/topology";
import { READ_AT_ONCE, renderMain } from "../core/node/nodeBundle";
import { limited, phaseCommand } from "../core/node/phases";
import type { Connection } from "./connection";
import { isOther, type VmSettings, vmFingerprint } from "./controllerVm";
import type { LiveControllers } from "./liveVm";
import { createCommand, type MemberNode } from "./memberNode";
import { readRemote } from "./nodeFiles";
import type { PreviousOutputs } from "./previousOutputs";

/** By controller's name, what its VM and data disk are made of. */
export type VmFingerprints = Readonly<Record<string, string>>;

/**
 * One VM at a time (docs/adr/0006-one-vm-at-a-time.md).
 *
 * When a controller that the last `up` has left is to be made of something else, every VM and data disk waits until
 * the member before it has converged, and the first one for the gate. Otherwise they wait for nothing, and the first
 * `up` is parallel: only what the last `up` has exported is known before the resources are registered.
 */
export class VmChain {
  readonly fingerprints: VmFingerprints;
  /** Whether some controller's VM or data disk is new or to be made of something else. */
  readonly changesVms: pulumi.Output<boolean>;
  /** Whether some VM or data disk of the running cluster is, or may be, going to be stopped or replaced. */
  private readonly isRolling: pulumi.Output<boolean>;
  /** Whether it is, and the running cluster has a second member to ask. */
  private readonly needsGate: pulumi.Output<boolean>;
  /**
   * Whether no member could be hurt yet: no `up` has succeeded, and in the declared zones none that failed has left a
   * VM or a data disk.
   */
  private readonly isNew: pulumi.Output<boolean>;
  private members: readonly MemberNode[] = [];
  private gate: Command | undefined;

  /**
   * @param previous with the fingerprints with which each member has last converged.
   * @param live what there is now: a run that failed has left VMs of other settings, which this one sets back.
   * @param canAsk whether Pulumi can connect to the second controller before any VM is changed.
   */
  constructor(
    private readonly controllers: readonly Controller[],
    settings: VmSettings,
    private readonly previous: PreviousOutputs,
    live: pulumi.Output<LiveControllers>,
    canAsk: pulumi.Output<boolean>,
  ) {
    this.fingerprints = Object.fromEntries(controllers.map((c) => [c.name, vmFingerprint(settings, c)]));
    const { isFirst, vmFingerprints } = previous;
    this.isRolling = pulumi.all([isFirst, vmFingerprints, live]).apply(
      ([isFirst, last, present]) =>
        !isFirst &&
        controllers.some((controller) => {
          const now = this.fingerprints[controller.name];
          return (
            (last[controller.name] ?? now) !== now || isOther(present[controller.name], settings, controller)
          );
        }),
    );
    this.isNew = pulumi
      .all([isFirst, live])
      .apply(([isFirst, present]) => isFirst && controllers.every(({ name }) => present[name]?.isNew));
    this.changesVms = pulumi
      .all([this.isRolling, vmFingerprints])
      .apply(
        ([isRolling, last]) =>
          isRolling || Object.entries(this.fingerprints).some(([name, now]) => last[name] !== now),
      );
    this.needsGate = pulumi
      .all([this.isRolling, vmFingerprints, canAsk])
      .apply(([isRolling, last, can]) => isRolling && can && (controllers[1]?.name ?? "") in last);
  }

  /** What must have succeeded before a controller's VM and data disk may be touched. */
  beforeVm(index: number): pulumi.Output<pulumi.Resource[]> {
    return pulumi.all([this.isRolling, this.needsGate]).apply(([isRolling, needsGate]) => {
      if (!isRolling) return [];
      if (index > 0) return this.convergeBefore(index);
      return needsGate && this.gate ? [this.gate] : [];
    });
  }

  /**
   * Lets the members converge, one after the other; of a new cluster all at once. All bootstraps come before the first,
   * since a founder is healthy once a majority has started; but a VM that waits for its turn has nothing that another
   * could wait for.
   */
  converge(members: readonly MemberNode[]): void {
    this.members = members;
    const bootstraps = members.map(({ bootstrap }) => bootstrap);
    members.forEach((member, index) => {
      const after = chosen(pulumi.all([this.isRolling, this.isNew]), ([isRolling, isNew]) => [
        ...(isNew ? [] : this.convergeBefore(index)),
        ...(isRolling ? [member.bootstrap] : bootstraps),
      ]);
      const [vm = "", next = "none"] = this.controllers.slice(index).map((c) => this.fingerprints[c.name]);
      member.converge(after, { vm, next });
    });
  }

  /**
   * Adds the look at the cluster before the first VM, from the second controller, since a failed run may have left
   * the first one off. In a run that changes no VM it comes after `last`; in the first of all nothing waits for it, so
   * it comes beside that.
   *
   * @param connection to the second controller, made of what is known before any VM is changed.
   */
  addGate(
    name: string,
    connection: pulumi.Input<Connection>,
    last: pulumi.Resource,
    parent: pulumi.Resource,
  ): void {
    const { name: controller = "" } = this.controllers[0] ?? {};
    const create = limited("vm-gate", "bash -s");
    const stdin = vmGateScript(controller, this.fingerprints[controller] ?? "");
    const after = chosen(pulumi.all([this.needsGate, this.previous.isFirst]), ([needsGate, isFirst]) => {
      if (needsGate) return [];
      return isFirst ? this.members.map(({ convergeCommand }) => convergeCommand) : [last];
    });
    this.gate = createCommand(name, { connection, create, stdin, logging: "stderr" }, parent, after);
  }

  /** For the next `up`. A run that leaves a member out, as with `--target`, keeps that member's from the run before. */
  get converged(): pulumi.Output<VmFingerprints> {
    const members = this.controllers.map((c) => [c.name, this.members[c.index]?.convergedVm ?? ""]);
    return pulumi.all(Object.fromEntries(members) as Record<string, pulumi.Input<string>>);
  }

  private convergeBefore(index: number): pulumi.Resource[] {
    const before = this.members[index - 1];
    return before ? [before.convergeCommand] : [];
  }
}

/** A plain promise: through all that an Output's resources refer to, Pulumi's SDK walks several times. */
function chosen<T>(
  facts: pulumi.Output<T>,
  choose: (known: T) => pulumi.Resource[],
): Promise<pulumi.Resource[]> {
  return new Promise((resolve) => void facts.apply((known) => resolve(choose(known))));
}

/** The gate's script. Exported for its test. */
export function vmGateScript(controller: string, vm: string): string {
  return [
    READ_AT_ONCE,
    "set -euo pipefail",
    ...["lib.sh", "answers.sh", "cluster.sh", "declared.sh", "reasons.sh", "vm-gate.sh"].map(readRemote),
    renderMain([phaseCommand("vm-gate", "vm_gate", { name: controller, vm })]),
  ].join("\n");
}
