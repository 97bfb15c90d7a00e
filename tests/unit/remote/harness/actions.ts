import type { TestNode } from "./node";

const CHANGE = /^etcdctl .*?(member (?:add|remove|promote) \S+|move-leader \S+)/;
const SERVICE = /^systemctl ((?:start|stop|restart) (?:--no-block )?etcd)$/;
const STARTED = /^etcd .*--initial-cluster-state (\S+)$/;

/**
 * What the calls so far changed, in their order: changes of the membership and of leadership, service verbs, and
 * `etcd new` or `etcd existing` for each start of the process.
 */
export function actions(node: TestNode): string[] {
  return node.calls().flatMap((call) => {
    const started = STARTED.exec(call);
    if (started) return [`etcd ${started[1]}`];
    const action = CHANGE.exec(call) ?? SERVICE.exec(call);
    return action?.[1] ? [action[1]] : [];
  });
}

/** The state and the initial cluster of each start of etcd so far. */
export function starts(node: TestNode): { state: string; initialCluster: string }[] {
  return node.calls(/^etcd /).map((call) => {
    const words = call.split(" ");
    const value = (flag: string) => words[words.indexOf(flag) + 1] ?? "";
    return { state: value("--initial-cluster-state"), initialCluster: value("--initial-cluster") };
  });
}
