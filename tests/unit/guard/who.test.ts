import { judgePreview, overridesInBody, renderMarkdown, renderTerminal } from "../../../guard";
import { type PullRequest, readPullRequest, writerOf } from "../../../guard/pullRequest";
import { preview, stack, step } from "./steps";

const LINE = "data-disk-replaced:controller-1";
const body = `Why.\n\netcd-guard-allow: dev ${LINE}\n`;
const pull: PullRequest = { author: "alice", body, edits: [], asked: ["etcd"], approved: ["bob"] };
const replaced = preview([stack(3), step("replace", "disk", "controller-1-data")]);
const comment = (of: PullRequest) => renderMarkdown(judgePreview(replaced, [], overridesInBody(of.body), of));

const edit = (by: string | null, day: number, text: string | null) => ({
  by,
  at: `2026-05-0${day}T10:00:00Z`,
  body: text,
});

/** Revisions, newest first, and who wrote the line that the newest holds. */
test.each<[string, PullRequest["edits"], unknown]>([
  ["never edited", [], { by: "alice" }],
  [
    "added later",
    [edit("carol", 3, body), edit("alice", 1, "Why.")],
    { by: "carol", at: "2026-05-03T10:00:00Z" },
  ],
  [
    "kept by a later edit",
    [edit("dan", 4, `${body}!`), edit("carol", 3, body), edit("alice", 1, "Why.")],
    { by: "carol", at: "2026-05-03T10:00:00Z" },
  ],
  [
    "taken out and put back",
    [edit("dan", 4, body), edit("alice", 3, "Why."), edit("alice", 1, body)],
    { by: "dan", at: "2026-05-04T10:00:00Z" },
  ],
  [
    "in a comment before",
    [edit("dan", 4, body), edit("alice", 1, `<!--\n${body}-->`)],
    { by: "dan", at: "2026-05-04T10:00:00Z" },
  ],
  [
    "there from the start",
    [edit("dan", 4, body), edit("alice", 1, body)],
    { by: "alice", at: "2026-05-01T10:00:00Z" },
  ],
  ["by an account that is gone", [edit(null, 4, body), edit("alice", 1, "")], undefined],
  ["behind a revision that is gone", [edit("dan", 4, body), edit("alice", 1, null)], undefined],
  ["edited since the revisions were read", [edit("alice", 1, "Why.")], undefined],
  ["revisions that may not be read", null, undefined],
])("%s", (_name, edits, writer) => {
  expect(writerOf(`dev ${LINE}`, { ...pull, edits })).toEqual(writer);
});

test("what is allowed is said with its writer, and who has approved and who is still asked", () => {
  const text = comment({ ...pull, edits: [edit("carol", 3, body), edit("alice", 1, "")] });
  expect(text).toContain(`- ❗ \`${LINE}\` is allowed by \`carol\`, 2026-05-03T10:00 UTC.`);
  expect(text).toContain("Approved by `bob`; asked for a review: `etcd`.");
  expect(comment({ ...pull, edits: null })).toContain(`\`${LINE}\` is allowed by whom is not known`);
});

test("what is refused is said with who may allow it, and who has to agree", () => {
  const text = comment({ ...pull, body: "", approved: [] });
  expect(text).toContain(`etcd-guard-allow: dev ${LINE}`);
  expect(text).toContain("It is for `alice`, or whoever else may write to this repository, to write.");
  expect(text).toContain("Approved by no one; asked for a review: `etcd`.");
  expect(comment({ ...pull, body: "", merged: "carol" })).toContain("It is merged, by `carol`");
});

test("without a pull request there is no one to name", () => {
  const report = judgePreview(replaced, [LINE]);
  expect(report.pullRequest).toBeUndefined();
  expect(renderMarkdown(report)).toContain(`- ❗ \`${LINE}\` is allowed by name.`);
  expect(renderTerminal(report, { isColoured: false })).toContain(`! ${LINE} is allowed by name`);
  expect(renderMarkdown(judgePreview(replaced))).not.toContain("Approved");
});

test("a name that is none is not printed, and no one is called by a comment", () => {
  const text = comment({ ...pull, author: "<b>@x", asked: ["@my-org/etcd `x`"], approved: ["bob"] });
  expect(text).not.toMatch(/@|<b>/);
  expect(text).toContain("somebody of an odd name");
});

test("of a pull request the report holds no text", () => {
  const report = judgePreview(replaced, [], [], { ...pull, edits: [edit("alice", 1, "hunter2")] });
  expect(JSON.stringify(report)).not.toMatch(/hunter2|Why\./);
});

test.each([
  "",
  "[]",
  "{}",
  JSON.stringify({ ...pull, edits: [{ by: 1 }] }),
  JSON.stringify({ ...pull, asked: [1] }),
])("%j is no pull request", (text) => {
  expect(() => readPullRequest(text)).toThrow("is not what .github/scripts/pull-request.sh prints");
});
