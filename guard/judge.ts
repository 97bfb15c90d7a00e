import { graver } from "./changeClass";
import { estimate } from "./estimate";
import { clusterFacts } from "./facts";
import { fileChanges } from "./files";
import type { Finding } from "./finding";
import { allows, applyOverrides, overridesFor } from "./overrides";
import { readPreview } from "./preview";
import { printableChanges, printablePath } from "./printable";
import { type PullRequest, writerOf } from "./pullRequest";
import type { Allowed, Report, Verdict } from "./report";
import { resourceChanges } from "./resourceChange";
import { classifyAll, reportRows } from "./rows";
import { findAll } from "./rules";
import { settingChanges } from "./settings";

const EXIT_CODES = { safe: 0, unsafe: 1, incomplete: 2 } as const satisfies Record<Verdict, number>;

/**
 * Judges what a preview would do to the etcd cluster.
 *
 * @param json what `pulumi preview --json` printed, parsed.
 * @param overrides `RULE:SUBJECT` each, naming one finding that is meant.
 * @param inBody what a pull request's body names, for this stack or another.
 * @param pullRequest whose body that is.
 * @throws GuardInputError when the input is not understood.
 */
export function judgePreview(
  json: unknown,
  overrides: readonly string[] = [],
  inBody: readonly string[] = [],
  pullRequest?: PullRequest,
): Report {
  const preview = readPreview(json);
  const changes = resourceChanges(preview.steps);
  const facts = clusterFacts(preview, changes);
  const around = { facts, changes };
  const judged = applyOverrides(findAll(around, preview), overrides, overridesFor(facts.stack, inBody));
  const allowedBy = (finding: Finding): Allowed => {
    const text = inBody.find((one) => overridesFor(facts.stack, [one]).some((each) => allows(each, finding)));
    const by = pullRequest && text !== undefined && writerOf(text, pullRequest);
    return by ? { ...finding, by } : finding;
  };
  const classified = classifyAll(around);
  const rows = reportRows(classified, around, judged);
  const estimated = estimate(classified, facts);
  const previewErrors = preview.diagnostics.filter(({ severity }) => severity === "error").length;
  const isUnsafe = judged.refused.length > 0 || judged.problems.length > 0;
  const verdict = isUnsafe ? "unsafe" : previewErrors > 0 ? "incomplete" : "safe";
  return {
    reportVersion: 1,
    stack: facts.stack,
    project: facts.project,
    verdict,
    exitCode: EXIT_CODES[verdict],
    class: rows.map((row) => row.class).reduce(graver, "none"),
    members: { before: facts.oldMembers, after: facts.newMembers },
    settings: settingChanges(preview, changes, facts),
    ...(estimated ? { estimate: estimated } : {}),
    files: fileChanges(changes),
    rows,
    refused: judged.refused,
    allowed: judged.allowed.map(allowedBy),
    overrideProblems: judged.problems,
    previewErrors,
    ...(pullRequest ? { pullRequest: withoutText(pullRequest) } : {}),
    diff: classified
      .filter((change) => change.op !== "same" || change.effect.what !== "unchanged")
      .map((change) => ({
        op: change.op,
        type: change.type,
        name: change.name,
        urn: change.urn,
        class: change.effect.class,
        replaceReasons: change.replaceReasons.map(printablePath),
        paths: [...new Set(change.paths.map(({ path }) => printablePath(path)))],
        values: printableChanges(change),
      })),
  };
}

function withoutText({ body: _, edits: __, ...rest }: PullRequest) {
  return rest;
}
