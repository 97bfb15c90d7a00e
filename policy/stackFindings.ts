import { X509Certificate } from "node:crypto";
import { record } from "../core/json";
import {
  ascending,
  type ClusterFacts,
  type Finding,
  generationAmong,
  membership,
  membersIn,
  parseUrn,
  roleOf,
  rulesOnFacts,
  sortMembers,
  trustedIn,
} from "../guard";
import type { DeclaredResource } from "./declared";

/**
 * What the guard's rules on members, versions and CAs find in a whole stack. What was before comes from the outputs
 * of the last `up`, which the program reads by a reference to its own stack and tells as a property of its component.
 */
export function stackFindings(resources: readonly DeclaredResource[]): Finding[] {
  return rulesOnFacts(factsOf(resources));
}

function factsOf(resources: readonly DeclaredResource[]): ClusterFacts {
  const { previousOutputs, etcdVersion } = clusterProps(resources);
  const outputs = record(previousOutputs);
  const oldMembers = sortMembers(membersIn(outputs));
  const newMembers = sortMembers(
    resources.flatMap(({ type, name }) => (roleOf(type, name).kind === "vm" ? [name] : [])),
  );
  const { stack, project } = parseUrn(resources[0]?.urn ?? "");
  return {
    stack,
    project,
    ...membership(oldMembers, newMembers),
    downMembers: [],
    isVmChain: false,
    versions: versions(newMembers, outputs.etcdVersion, etcdVersion),
    ca: caFacts(resources, outputs),
  };
}

/** The component's own properties: `etcdVersion`, and `previousOutputs`, which is empty before the first. */
function clusterProps(resources: readonly DeclaredResource[]): Readonly<Record<string, unknown>> {
  return record(resources.find(({ type }) => type === "etcd-on-gce:index:EtcdCluster")?.props);
}

/** Every member's, told by the settings: a preview may hide what it sends to a node. */
function versions(members: readonly string[], old: unknown, now: unknown): ClusterFacts["versions"] {
  const text = (version: unknown) => (typeof version === "string" ? version : undefined);
  return new Map(members.map((member) => [member, { old: text(old), new: text(now) }]));
}

function caFacts(
  resources: readonly DeclaredResource[],
  outputs: Readonly<Record<string, unknown>>,
): ClusterFacts["ca"] {
  const oldTrusted = trustedIn(outputs);
  const cas = resources.filter(({ type }) => type.endsWith(":SelfSignedCert"));
  const leaves = resources.filter(({ type }) => type.endsWith(":LocallySignedCert"));
  return {
    oldTrusted,
    newTrusted: ascending(cas.flatMap(({ type, name }) => roleOf(type, name).caGeneration ?? [])),
    replaced: [],
    oldActive: oldTrusted[signerIndex(outputs)],
    newActive: generationAmong(leaves.flatMap(({ signers }) => signers)),
  };
}

/** Which certificate of the last bundle, oldest generation first, has signed the API servers'; -1 if none has. */
function signerIndex({ caCertPem, kubernetesCertPem }: Readonly<Record<string, unknown>>): number {
  try {
    const leaf = new X509Certificate(String(kubernetesCertPem));
    const bundle =
      String(caCertPem).match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    return bundle.findIndex((pem) => leaf.verify(new X509Certificate(pem).publicKey));
  } catch {
    return -1;
  }
}
