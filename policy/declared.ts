import type { PolicyResource } from "@pulumi/policy";
import type { DeclaredResource } from "../core/policy";

/** What stands for a value that only `up` will know: reading one in a preview throws. */
const UNKNOWN = "(known after up)";

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
    // An unknown value has no keys, and throws at any look into it.
    void (value as Record<string, unknown>).probe;
    return plainProps(value as Record<string, unknown>);
  } catch {
    return UNKNOWN;
  }
}
