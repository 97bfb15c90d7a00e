import { EtcdCluster } from "../../../components/etcdCluster";
import { parseSettings } from "../../../core/settings";
import { type Graph, graphOf } from "./mocks";

/** Builds the graph of a cluster with these settings; `lastVmMarks` as the `up` before has left them. */
export function build(
  raw: Record<string, string> = {},
  lastVmMarks?: Record<string, string>,
): Promise<Graph> {
  return graphOf(() => {
    new EtcdCluster("etcd", {
      settings: parseSettings(raw).settings,
      ...(lastVmMarks ? { lastVmMarks } : {}),
    });
  });
}

/** The Commands that a resource waits for. */
export function commandsBefore(graph: Graph, name: string): string[] {
  return graph
    .optionsOf(name)
    .dependencies.filter((d) => /^(member-|etcd-membership|etcd-vm-gate)/.test(d))
    .sort();
}
