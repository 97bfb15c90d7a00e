import { readRemote } from "../components/nodeFiles";
import { READ_AT_ONCE, renderMain } from "../core/node/nodeBundle";
import { shellCommand, shellQuote } from "../core/node/shell";
import { observedPaths } from "./checks";
import type { DeclaredMember } from "./declared";
import type { Answer } from "./report";
import { runOnNode } from "./ssh";

const LIMIT_S = 90;
const SCRIPTS = ["lib.sh", "answers.sh", "cluster.sh", "declared.sh", "removed.sh", "observe.sh"];

/** Looks at one node. What goes wrong is its answer. */
export async function observe(member: DeclaredMember): Promise<Answer> {
  try {
    const { stdout, status } = await runOnNode(member, observeScript(member), LIMIT_S * 1000);
    return status === 0 ? { report: stdout } : { error: `the check script exited with status ${status}` };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

/** One script: nothing is written to the node. */
function observeScript(member: DeclaredMember): string {
  const { controller, ip, version, initialCluster } = member;
  const command = shellCommand("observe", { name: controller, ip, version, members: initialCluster });
  const words = [command, ...observedPaths(member).map(shellQuote)].join(" ");
  return [READ_AT_ONCE, "set -uo pipefail", ...SCRIPTS.map(readRemote), renderMain([words])].join("\n");
}
