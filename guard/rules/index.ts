import type { ClusterFacts } from "../facts";
import type { Finding, RuleInput } from "../finding";
import type { Preview } from "../preview";
import { caRules } from "./ca";
import { commandRules } from "./commands";
import { exposureRules } from "./exposure";
import { foundationRules, protectionRules } from "./foundations";
import { memberRules } from "./members";
import { peerRules } from "./peers";
import { quorumRules } from "./quorum";
import { versionRules } from "./version";

/** Everything that refuses the run, the gravest first. */
export function findAll(input: RuleInput, preview: Preview): Finding[] {
  return [
    ...foundationRules(input),
    ...protectionRules(input, preview),
    ...memberRules(input),
    ...quorumRules(input),
    ...versionRules(input),
    ...caRules(input),
    ...peerRules(input),
    ...exposureRules(input),
    ...commandRules(input),
  ];
}

/** The rules that need to know the cluster before and after the run, and none of its steps. */
export function rulesOnFacts(facts: ClusterFacts): Finding[] {
  const input = { facts, changes: [] };
  return [...quorumRules(input), ...versionRules(input), ...caRules(input)];
}
