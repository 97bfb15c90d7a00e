import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { judgePreview, renderMarkdown } from "../../../guard";
import { preview, stack } from "../guard/steps";

const SCRIPT = join(__dirname, "../../../.github/scripts/comment.sh");
const DEV = renderMarkdown(judgePreview(preview([stack(3)]), []));
const PROD = DEV.replace(/`dev`/, "`prod`");

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "comment-"));
  // Answers a GET from comments.json, and writes everything else down.
  const gh = `#!/bin/sh\ncase "$*" in *--method*) echo "$@" >>"${directory}/calls"; case "$*" in *comments/404*) exit 1 ;; esac ;; *) cat "${directory}/comments.json" ;; esac\n`;
  writeFileSync(join(directory, "gh"), gh);
  chmodSync(join(directory, "gh"), 0o755);
});
afterEach(() => rmSync(directory, { recursive: true }));

function comment(text: string, comments: readonly object[]) {
  writeFileSync(join(directory, "report.md"), text);
  writeFileSync(join(directory, "comments.json"), JSON.stringify(comments));
  const { status, stderr } = spawnSync("bash", [SCRIPT, "7", join(directory, "report.md")], {
    encoding: "utf8",
    env: { PATH: `${directory}:${process.env.PATH}`, GITHUB_REPOSITORY: "us/etcd" },
  });
  const calls = join(directory, "calls");
  return { status, stderr, calls: existsSync(calls) ? readFileSync(calls, "utf8").trim() : "" };
}

const by = (login: string, id: number, body: string) => ({ id, body, user: { login } });

test("the fixtures are of two stacks", () => {
  expect(DEV.split("\n")[2]).toContain("`dev`");
  expect(PROD).not.toBe(DEV);
});

test("the first report is a new comment", () => {
  const { calls, status } = comment(DEV, [by("github-actions[bot]", 1, "nice")]);
  expect(status).toBe(0);
  expect(calls).toBe(
    `api --silent --method POST repos/us/etcd/issues/7/comments -F body=@${directory}/report.md`,
  );
});

test("a later one takes the place of the stack's own, and of no other", () => {
  const comments = [
    by("github-actions[bot]", 1, `> ${DEV}`),
    by("github-actions[bot]", 2, PROD),
    by("mallory", 3, DEV),
    by("github-actions[bot]", 4, DEV),
    by("github-actions[bot]", 5, DEV),
  ];
  const { calls } = comment(DEV, comments);
  expect(calls).toBe(
    `api --silent --method PATCH repos/us/etcd/issues/comments/4 -F body=@${directory}/report.md`,
  );
});

test("one that somebody has deleted meanwhile is recreated", () => {
  const { calls, status } = comment(DEV, [by("github-actions[bot]", 404, DEV)]);
  expect([status, calls.split("\n").map((call) => call.split(" ")[3])]).toEqual([0, ["PATCH", "POST"]]);
});

test("no report is an error, not an empty comment", () => {
  expect(comment("", [])).toMatchObject({
    status: 1,
    calls: "",
    stderr: expect.stringContaining("is empty"),
  });
});
