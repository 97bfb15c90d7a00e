import type { PolicyResource } from "@pulumi/policy";

/** What stands for a value that only `up` will know. */
export const UNKNOWN = "(known after up)";

/** One resource as a policy sees it: what is declared, and nothing of what was before. */
export interface DeclaredResource {
  /** Such as `gcp:compute/instance:Instance`. */
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly props: Readonly<Record<string, unknown>>;
  /** URNs of the resources that the property `caCertPem` comes from. */
  readonly signers: readonly string[];
}

/** A resource without what the policy SDK adds, its unknown values made readable. */
export function declared(resource: PolicyResource): DeclaredResource {
  const { type, name, urn, props, propertyDependencies } = resource;
  const signers = (propertyDependencies.caCertPem ?? []).map((signer) => signer.urn);
  return { type, name, urn, props: plainProps(props), signers };
}

/** Properties as plain values, at any depth. */
export function plainProps(props: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.keys(props).map((name) => [name, plain(() => props[name])]));
}

function plain(read: () => unknown): unknown {
  try {
    const value = read();
    if (Array.isArray(value)) return value.map((_item, index) => plain(() => value[index]));
    if (typeof value !== "object" || value === null) return value;
    return plainProps(value as Record<string, unknown>);
  } catch {
    // The policy SDK throws at a look at a value that only `up` will know.
    return UNKNOWN;
  }
}
