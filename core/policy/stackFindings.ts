import { X509Certificate } from "node:crypto";
import { type ClusterFacts, type Finding, parseUrn, roleOf, rulesOnFacts, sortMembers } from "../guard";
import { parseCommandOptions } from "../shell";
import { record } from "../stackExport";
import type { DeclaredResource } from "./declaredResource";

/**
 * What the guard's rules on members, versions and CAs find in a whole stack. What was before comes from the outputs
 * of the last `up`, which the program reads by a reference to its own stack.
 */
export function stackFindings(resources: readonly DeclaredResource[]): Finding[] {
  return rulesOnFacts(factsOf(resources));
}

function factsOf(resources: readonly DeclaredResource[]): ClusterFacts {
  const outputs = lastOutputs(resources);
  const oldMembers = sortMembers(membersIn(outputs));
  const newMembers = sortMembers(
    resources.flatMap(({ type, name }) => (roleOf(type, name).kind === "vm" ? [name] : [])),
  );
  const { stack, project } = parseUrn(resources[0]?.urn ?? "");
  return {
    stack,
    project,
    oldMembers,
    newMembers,
    addedMembers: newMembers.filter((m) => !oldMembers.includes(m)),
    removedMembers: oldMembers.filter((m) => !newMembers.includes(m)),
    isFirstCreation: oldMembers.length === 0,
    isDestroyed: newMembers.length === 0,
    downMembers: [],
    versions: versions(resources, outputs),
    ca: caFacts(resources, outputs),
  };
}

/** The stack's own outputs as the last `up` has left them; empty before the first. */
function lastOutputs(resources: readonly DeclaredResource[]): Readonly<Record<string, unknown>> {
  const self = resources.find(({ type, name }) => type === "pulumi:pulumi:StackReference" && name === "self");
  return record(self?.props.outputs);
}

function membersIn({ members }: Readonly<Record<string, unknown>>): string[] {
  return (Array.isArray(members) ? members : []).map((member: unknown) => String(record(member).name));
}

function versions(
  resources: readonly DeclaredResource[],
  outputs: Readonly<Record<string, unknown>>,
): ClusterFacts["versions"] {
  const old = typeof outputs.etcdVersion === "string" ? outputs.etcdVersion : undefined;
  const entries = resources.flatMap(({ type, name, props }) => {
    const { kind, member } = roleOf(type, name);
    if (kind !== "converge" || !member) return [];
    // It is unknown in a preview when it is made of what is still to be computed.
    const command = typeof props.create === "string" ? props.create : "";
    return [[member, { old, new: parseCommandOptions(command).version ?? old }] as const];
  });
  return new Map(entries);
}

function caFacts(
  resources: readonly DeclaredResource[],
  outputs: Readonly<Record<string, unknown>>,
): ClusterFacts["ca"] {
  const oldTrusted = Object.keys(record(outputs.certificateExpiry))
    .flatMap((name) => /^ca-(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
  const newTrusted = resources
    .filter(({ type }) => type.endsWith(":SelfSignedCert"))
    .flatMap(({ type, name }) => roleOf(type, name).caGeneration ?? [])
    .sort((a, b) => a - b);
  return {
    oldTrusted,
    newTrusted,
    replaced: [],
    oldActive: oldTrusted[signerIndex(outputs)],
    newActive: newActive(resources),
  };
}

function newActive(resources: readonly DeclaredResource[]): number | undefined {
  for (const { type, signers } of resources) {
    if (!type.endsWith(":LocallySignedCert")) continue;
    for (const urn of signers) {
      const { type: signerType, name } = parseUrn(urn);
      const generation = roleOf(signerType, name).caGeneration;
      if (generation !== undefined) return generation;
    }
  }
  return undefined;
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
