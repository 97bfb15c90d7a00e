import { contentHash } from "../core/node/contentHash";
import type { ClusterFacts } from "./facts";
import type { ResourceChange } from "./resourceChange";

/** Every rule that refuses a run, by the name that an override gives. */
export const RULES = [
  "several-members-down",
  "data-disk-deleted",
  "data-disk-replaced",
  "etcd-minor-skipped",
  "etcd-downgraded",
  "etcd-upgrade-floor",
  "etcd-version-hidden",
  "ca-swapped",
  "ca-no-overlap",
  "ca-active-too-early",
  "controllers-even",
  "quorum-shrunk",
  "founders-changed",
  "peers-cut-off",
  "open-to-world",
  "unknown-command",
  "network-replaced",
  "address-replaced",
  "protected-deleted",
  "cluster-destroyed",
] as const;

/** The name of a rule. */
export type Rule = (typeof RULES)[number];

/** One thing that refuses the run. */
export interface Finding {
  readonly rule: Rule;
  /** With the rule, names this one change and no other; without white space. */
  readonly subject: string;
  /** One member, several, or none when the cluster as a whole is meant. */
  readonly members: readonly string[];
  readonly reason: string;
  /** What to do instead. */
  readonly safeWay: string;
  /** URNs of the changes that it is about. */
  readonly urns: readonly string[];
}

/** What a rule looks at. */
export interface RuleInput {
  readonly facts: ClusterFacts;
  readonly changes: readonly ResourceChange[];
}

/** The URNs of changes. */
export function urnsOf(changes: readonly ResourceChange[]): string[] {
  return changes.map((c) => c.urn);
}

/** What binds a subject to values that it does not name: a hash, the same for the same values. */
export function bindingOf(...values: readonly unknown[]): string {
  return contentHash([JSON.stringify(values)]).slice(0, 8);
}

/** A subject made of names: white space and odd characters become `-`. */
export function subjectOf(...names: readonly string[]): string {
  return names.join("+").replace(/[^\w.:/@+-]+/g, "-");
}
