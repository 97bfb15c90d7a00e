import { parseEnvironment } from "../core/node/etcdEnv";
import { DECLARED_DIR } from "../core/node/layout";
import type { DeclaredMember } from "./declared";

// What etcd looks at once in a member's life: a founder that was not restarted yet still shows `new`.
const ONLY_AT_FOUNDING = ["--initial-cluster", "--initial-cluster-state"];

/** The text of a declared file. */
export function declaredText(member: DeclaredMember, name: "etcd.service" | "etcd.env"): string {
  const file = member.files.find(({ path }) => path === `${DECLARED_DIR}/${name}`);
  if (!file) throw new Error(`the stack's state has no ${name} of ${member.controller}`);
  return file.content;
}

/** The text of /etc/etcd/node.env, as converge writes it. */
export function nodeEnv(member: DeclaredMember): string {
  return `NODE_NAME=${member.controller}
INTERNAL_IP=${member.ip}
INITIAL_CLUSTER=${member.initialCluster}
INITIAL_CLUSTER_STATE=existing
`;
}

/** The flags that etcd should have been started with, from the unit and its environment files. */
export function expectedFlags(member: DeclaredMember): string[] {
  const command = /^ExecStart=\S+((?:.*\\\n)*.*)$/m.exec(declaredText(member, "etcd.service"))?.[1] ?? "";
  const variables = parseEnvironment(nodeEnv(member) + declaredText(member, "etcd.env"));
  const words = command
    .replaceAll("\\\n", " ")
    .replace(/\$\{(\w+)\}/g, (_, name: string) => variables.get(name) ?? "");
  return withoutFounding(words.split(/\s+/).filter(Boolean));
}

/** The flags that a process has, without its program and what etcd reads only when the cluster is created. */
export function flagsOf(commandLine: string): string[] {
  return withoutFounding(commandLine.split(/\s+/).filter(Boolean).slice(1));
}

/** etcd's own variables in /etc/etcd/etcd.env, sorted, as `NAME=value`. */
export function expectedVariables(member: DeclaredMember): string[] {
  return [...parseEnvironment(declaredText(member, "etcd.env"))]
    .filter(([name]) => name.startsWith("ETCD_"))
    .map(([name, value]) => `${name}=${value}`)
    .sort();
}

function withoutFounding(words: readonly string[]): string[] {
  return words.filter(
    (word, index) => !ONLY_AT_FOUNDING.includes(word) && !ONLY_AT_FOUNDING.includes(words[index - 1] ?? ""),
  );
}
