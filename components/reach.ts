import type { Command } from "@pulumi/command/remote/command";
import * as pulumi from "@pulumi/pulumi";
import type { Controller } from "../core/etcd/topology";
import { renderReach } from "../core/node/reach";
import type { Settings } from "../core/settings";
import { bastionEndpoint } from "./connection";
import type { ControllerVm } from "./controllerVm";
import { createCommand } from "./memberNode";
import { readRemote } from "./nodeFiles";

/** What one failed dial of `sshDialErrorLimit` may take with the pause after it, by the description of that setting. */
const PER_DIAL_S = 10;

/** The VM that is waited for. */
export interface ReachArgs {
  readonly controller: Controller;
  readonly vm: ControllerVm;
  /** What the VM is made of: when that changes, it was stopped or replaced. */
  readonly fingerprint: string | undefined;
  /** The way there. */
  readonly network: readonly pulumi.Resource[];
}

/** What must exist before Pulumi can connect to a node: the way there and, behind a bastion, the VM's host key. */
export function reachable(
  { bastion, sshDialErrorLimit }: Pick<Settings, "bastion" | "sshDialErrorLimit">,
  reach: ReachArgs,
  privateKey: pulumi.Output<string>,
): readonly pulumi.Resource[] {
  if (!bastion) return reach.network;
  return [...reach.network, createReach(reach, bastionEndpoint(bastion, sshDialErrorLimit, privateKey))];
}

/** On the bastion: waits for a VM's pinned host key, again whenever the VM was made, stopped or replaced. */
function createReach(
  { controller: { index, name, ip }, vm, fingerprint = "", network }: ReachArgs,
  bastion: ReturnType<typeof bastionEndpoint>,
): Command {
  const create = pulumi.all([vm.hostKey, vm.instanceId]).apply(([hostKey, instance]) =>
    renderReach({
      name,
      ip,
      "host-key": hostKey,
      limit: String(bastion.dialErrorLimit * PER_DIAL_S),
      instance,
      vm: fingerprint,
    }),
  );
  const connection = pulumi.secret(bastion);
  const stdin = readRemote("reach.sh");
  return createCommand(`member-${index}-reach`, { connection, create, stdin, logging: "stderr" }, vm, [
    ...network,
    vm.instance,
  ]);
}
