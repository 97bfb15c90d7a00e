import type { Command } from "@pulumi/command/remote/command";
import type * as pulumi from "@pulumi/pulumi";
import { shellCommand } from "../core/shell";
import { type Connection, createCommand } from "./memberNode";
import { readRemote } from "./nodeFiles";

const SCRIPTS = ["lib.sh", "answers.sh", "cluster.sh", "vm-gate.sh"];
const LIMIT_S = 120;

/** What the gate before a change of the first VM is made of. */
export interface VmGateArgs {
  /** To another controller, made of what is known before any VM is changed. */
  readonly connection: pulumi.Input<Connection>;
  /** The controller whose VM waits. */
  readonly controller: string;
  /** What that VM is made of. */
  readonly vmMark: string;
}

/** The gate's script. Exported for its test. */
export function vmGateScript({ controller, vmMark }: Omit<VmGateArgs, "connection">): string {
  return [
    "set -euo pipefail",
    "PHASE=vm-gate",
    ...SCRIPTS.map(readRemote),
    // In a function that the last line calls: a script that was cut off on its way does nothing.
    `main() { ${shellCommand("vm_gate", { name: controller, vm: vmMark })}; }`,
    "main </dev/null",
    "",
  ].join("\n");
}

/**
 * The look at the cluster before the first VM is stopped or replaced: it fails unless every other member is healthy
 * and no alarm is raised. It runs again whenever that VM is to be made of something else.
 */
export function createVmGate(
  name: string,
  args: VmGateArgs,
  parent: pulumi.Resource,
  after: pulumi.Input<pulumi.Resource[]>,
): Command {
  const { connection } = args;
  const create = `sudo timeout -k 10 ${LIMIT_S} bash -s`;
  return createCommand(
    name,
    { connection, create, stdin: vmGateScript(args), logging: "stderr" },
    parent,
    after,
  );
}
