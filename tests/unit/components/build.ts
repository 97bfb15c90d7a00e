import { EtcdCluster } from "../../../components/etcdCluster";
import { settingsArgs } from "../../../core/settings";
import { type Cloud, type Graph, graphOf } from "./mocks";

/**
 * Builds the graph of a cluster with these settings; `fingerprints` and `externalAddresses` as the `up` before has
 * left them.
 */
export function build(
  raw: Record<string, string> = {},
  fingerprints?: Record<string, string>,
  { externalAddresses, cloud }: { externalAddresses?: string[]; cloud?: Cloud } = {},
): Promise<Graph> {
  const last = fingerprints ? { vmFingerprints: fingerprints, externalAddresses } : {};
  return graphOf(() => new EtcdCluster("etcd", settingsArgs(raw)), last, cloud);
}

/** The Commands that a resource waits for. */
export function commandsBefore(graph: Graph, name: string): string[] {
  return graph
    .optionsOf(name)
    .dependencies.filter((d) => /^(member-|etcd-membership|etcd-vm-gate)/.test(d))
    .sort();
}
