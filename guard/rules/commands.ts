import { bindingOf, type Finding, type RuleInput, subjectOf } from "../finding";
import { mayRun } from "../phaseCommand";
import { UNKNOWN_VALUE } from "../preview";
import type { ResourceChange } from "../resourceChange";

/** Code that is none of the phases: a Command of the command provider that is new to the guard, or runs another text. */
export function commandRules({ changes }: RuleInput): Finding[] {
  return changes
    .filter((c) => c.type.startsWith("command:") && c.op !== "same" && runsUnknown(c))
    .map((c) => ({
      rule: "unknown-command",
      subject: subjectOf(`${c.name}@${bindingOf(runBy(c))}`),
      members: [],
      reason: `${c.name} runs what is none of the phases, as root on a controller or on the machine that runs Pulumi`,
      safeWay: "read what it runs, line by line, before it is allowed",
      urns: [c.urn],
    }));
}

/** What a Command runs; not where, which only `up` may know. */
function runBy({ old, new: now }: ResourceChange): unknown {
  const { connection: _, triggers: __, ...run } = (now ?? old)?.inputs ?? {};
  return run;
}

function runsUnknown({ op, role, old, new: now }: ResourceChange): boolean {
  if (role.kind === "other") return op !== "delete" || old?.inputs?.delete !== undefined;
  const { create, update, delete: atEnd, environment } = now?.inputs ?? {};
  if (atEnd !== undefined || old?.inputs?.delete !== undefined || environment !== undefined) return true;
  // What only `up` knows is the phase's options; a phase's text is never a secret.
  return [create, update].some(
    (text) => text !== undefined && text !== UNKNOWN_VALUE && !mayRun(role.kind, String(text)),
  );
}
