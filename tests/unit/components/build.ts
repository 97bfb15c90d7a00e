import { EtcdCluster } from "../../../components/etcdCluster";
import { settingsArgs } from "../../../core/settings";
import { type Graph, graphOf } from "./mocks";

/** Builds the graph of a cluster with these settings; `fingerprints` as the `up` before has left them. */
export function build(
  raw: Record<string, string> = {},
  fingerprints?: Record<string, string>,
): Promise<Graph> {
  return graphOf(
    () => new EtcdCluster("etcd", settingsArgs(raw)),
    fingerprints ? { vmFingerprints: fingerprints } : {},
  );
}

/** The Commands that a resource waits for. */
export function commandsBefore(graph: Graph, name: string): string[] {
  return graph
    .optionsOf(name)
    .dependencies.filter((d) => /^(member-|etcd-membership|etcd-vm-gate)/.test(d))
    .sort();
}
