import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPullRequest } from "../../../guard";
import { ROOT } from "../repository";

const PULL = {
  user: { login: "alice" },
  body: "etcd-guard-allow: a:b",
  merged_by: null,
  head: { sha: "c2" },
  requested_reviewers: [{ login: "bob" }],
  requested_teams: [{ slug: "etcd" }],
};
const review = (login: string, state: string, commit_id = "c2") => ({ user: { login }, state, commit_id });
const edit = (login: string | null, editedAt: string, diff: string | null) => ({
  editor: login && { login },
  editedAt,
  diff,
});
const edits = (nodes: object[], includesCreatedEdit = nodes.length > 0, hasNextPage = false) => ({
  data: {
    repository: {
      pullRequest: { includesCreatedEdit, userContentEdits: { pageInfo: { hasNextPage }, nodes } },
    },
  },
});

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pull-request-"));
  const gh = `#!/bin/sh
case "$*" in
*graphql*) echo "$@" >"${directory}/query"; cat "${directory}/edits" 2>/dev/null || { echo "HTTP 403" >&2; exit 1; } ;;
*/reviews) cat "${directory}/reviews" ;;
*) cat "${directory}/pull" ;;
esac\n`;
  writeFileSync(join(directory, "gh"), gh);
  chmodSync(join(directory, "gh"), 0o755);
});
afterEach(() => rmSync(directory, { recursive: true }));

function pullRequest(answers: { pull?: object; reviews?: object[][]; edits?: object }) {
  writeFileSync(join(directory, "pull"), JSON.stringify({ ...PULL, ...answers.pull }));
  // gh prints page after page, each a list.
  writeFileSync(
    join(directory, "reviews"),
    (answers.reviews ?? [[]]).map((page) => JSON.stringify(page)).join(""),
  );
  if (answers.edits) writeFileSync(join(directory, "edits"), JSON.stringify(answers.edits));
  const script = join(ROOT, ".github/scripts/pull-request.sh");
  const { status, stdout, stderr } = spawnSync("bash", [script, "7"], {
    encoding: "utf8",
    env: { PATH: `${directory}:${process.env.PATH}`, GITHUB_REPOSITORY: "us/etcd" },
  });
  expect([status, stderr]).toEqual([0, answers.edits ? "" : "HTTP 403\n"]);
  return readPullRequest(stdout);
}

test("one that was never edited, with a team and a user who are asked", () => {
  expect(pullRequest({ edits: edits([]) })).toEqual({
    author: "alice",
    body: "etcd-guard-allow: a:b",
    asked: ["bob", "etcd"],
    approved: [],
    edits: [],
  });
});

test("without a description, and merged", () => {
  expect(
    pullRequest({ pull: { body: null, merged_by: { login: "carol" } }, edits: edits([]) }),
  ).toMatchObject({ body: "", merged: "carol" });
});

test("who approved the last commit, and has not said otherwise since", () => {
  const reviews = [
    [review("bob", "APPROVED"), review("carol", "APPROVED"), review("dan", "APPROVED", "c1")],
    [review("bob", "COMMENTED"), review("carol", "DISMISSED"), review("eve", "CHANGES_REQUESTED")],
  ];
  expect(pullRequest({ reviews, edits: edits([]) }).approved).toEqual(["bob"]);
});

test("the description's revisions; what GitHub does not give is unknown", () => {
  const nodes = [edit("bob", "2026-05-02T10:00:00Z", "b"), edit(null, "2026-05-01T10:00:00Z", null)];
  const known = [
    { by: "bob", at: "2026-05-02T10:00:00Z", body: "b" },
    { by: null, at: "2026-05-01T10:00:00Z", body: null },
  ];
  const unknown = { by: null, at: "", body: null };
  expect(pullRequest({ edits: edits(nodes) }).edits).toEqual(known);
  expect(pullRequest({ edits: edits(nodes, false) }).edits).toEqual([...known, unknown]);
  expect(pullRequest({ edits: edits(nodes, true, true) }).edits).toEqual([...known, unknown]);
});

test("without the right to read the revisions the rest is there", () => {
  expect(pullRequest({})).toMatchObject({ author: "alice", edits: null });
});
