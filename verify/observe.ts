import { readFileSync } from "node:fs";
import { join } from "node:path";
import { shellQuote } from "../core/shell";
import { type Answer, type DeclaredMember, observedPaths } from "../core/verify";
import { runOnNode } from "./ssh";

const LIMIT_S = 90;
const SCRIPTS = ["lib.sh", "answers.sh", "cluster.sh", "observe.sh"];

/** Looks at one node. What goes wrong is its answer. */
export async function observe(member: DeclaredMember): Promise<Answer> {
  try {
    const { stdout, status } = await runOnNode(member, observeScript(member), LIMIT_S * 1000);
    return status === 0 ? { report: stdout } : { error: `looking at it ended with ${status}` };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

/** One script: nothing is written to the node. It stands in a function, so that half of it does nothing. */
function observeScript(member: DeclaredMember): string {
  const { controller, ip, version, initialCluster } = member;
  const options = ["--name", controller, "--ip", ip, "--version", version, "--members", initialCluster];
  const words = ["observe", ...options, ...observedPaths(member)].map(shellQuote).join(" ");
  const texts = SCRIPTS.map((file) => readFileSync(join(__dirname, "../remote", file), "utf8"));
  return ["set -uo pipefail", "look() {", ...texts, words, "}", "look </dev/null", ""].join("\n");
}
