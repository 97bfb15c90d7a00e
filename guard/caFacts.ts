import { isObject } from "../core/json";
import type { ResourceChange } from "./resourceChange";
import { parseUrn, roleOf } from "./role";

/** The CA generations before and after the run. */
export interface CaFacts {
  readonly oldTrusted: readonly number[];
  readonly newTrusted: readonly number[];
  /** Generations whose key or certificate is recreated under the same number. */
  readonly replaced: readonly number[];
  /** The generation that signs; `undefined` when the preview does not show it. */
  readonly oldActive: number | undefined;
  readonly newActive: number | undefined;
}

/** Reads the generations from the CA certificates' steps, the leaves' dependencies and the old outputs. */
export function caFacts(
  changes: readonly ResourceChange[],
  outputs: Readonly<Record<string, unknown>>,
): CaFacts {
  const cas = changes.filter((c) => c.role.kind === "ca");
  const certs = cas.filter((c) => c.type.endsWith(":SelfSignedCert"));
  const generations = (of: readonly ResourceChange[]) => of.map((c) => c.role.caGeneration ?? 0);
  const oldTrusted = ascending([
    ...trustedIn(outputs),
    ...generations(certs.filter((c) => c.op !== "create")),
  ]);
  const deleted = generations(certs.filter((c) => c.op === "delete"));
  const kept = oldTrusted.filter((n) => !deleted.includes(n));
  const newTrusted = ascending([...kept, ...generations(certs.filter((c) => c.op !== "delete"))]);
  // One that moves to another parent without an alias is created under one URN and deleted under another.
  const recreated = cas.filter((c) => c.op === "replace" || c.op === "create");
  const leaves = changes.filter((c) => c.type.endsWith(":LocallySignedCert"));
  const before = leaves.filter((c) => c.op !== "create").map((c) => signerOf(c.old));
  const after = leaves.filter((c) => c.op !== "delete").map((c) => signerOf(c.new));
  const only = (trusted: readonly number[]) => (trusted.length === 1 ? trusted[0] : undefined);
  return {
    oldTrusted,
    newTrusted,
    replaced: ascending(generations(recreated).filter((n) => oldTrusted.includes(n))),
    oldActive: before.find((n) => n !== undefined) ?? only(oldTrusted),
    newActive: after.find((n) => n !== undefined) ?? only(newTrusted),
  };
}

function signerOf(state: ResourceChange["old"]): number | undefined {
  return generationAmong(state?.propertyDependencies?.caCertPem ?? []);
}

/** The generations in a stack's outputs. */
export function trustedIn({ certificateExpiry }: Readonly<Record<string, unknown>>): number[] {
  const names = isObject(certificateExpiry) ? Object.keys(certificateExpiry) : [];
  return ascending(names.map((name) => Number(/^ca-(\d+)$/.exec(name)?.[1])).filter((n) => n > 0));
}

/** The CA generation of the first of these resources that has one. */
export function generationAmong(urns: readonly string[]): number | undefined {
  for (const urn of urns) {
    const { type, name } = parseUrn(urn);
    const generation = roleOf(type, name).caGeneration;
    if (generation !== undefined) return generation;
  }
  return undefined;
}

/** Each once, in order. */
export function ascending(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
