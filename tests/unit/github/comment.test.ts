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
  const gh = `#!/bin/sh\ncase "$*" in *--method*) echo "$@" >>"${directory}/calls" ;; *) cat "${directory}/comments.json" ;; esac\n`;
  writeFileSync(join(directory, "gh"), gh);
  chmodSync(join(directory, "gh"), 0o755);
});
afterEach(() => rmSync(directory, { recursive: true }));

function comment(text: string, comments: readonly { id: number; body: string; by?: string }[]) {
  writeFileSync(join(directory, "report.md"), text);
  const answer = comments.map(({ by = "github-actions[bot]", ...rest }) => ({
    ...rest,
    user: { login: by },
  }));
  writeFileSync(join(directory, "comments.json"), JSON.stringify(answer));
  const { status, stderr } = spawnSync("bash", [SCRIPT, "7", join(directory, "report.md")], {
    encoding: "utf8",
    env: { PATH: `${directory}:${process.env.PATH}`, GITHUB_REPOSITORY: "us/etcd" },
  });
  const calls = join(directory, "calls");
  return { status, stderr, calls: existsSync(calls) ? readFileSync(calls, "utf8").trim() : "" };
}

test("the fixtures are of two stacks", () => {
  expect(DEV.split("\n")[2]).toContain("`dev`");
  expect(PROD).not.toBe(DEV);
});

test("the first report is a new comment", () => {
  const { calls, status } = comment(DEV, [{ id: 1, body: "nice" }]);
  expect(status).toBe(0);
  expect(calls).toBe(
    `api --silent --method POST repos/us/etcd/issues/7/comments -F body=@${directory}/report.md`,
  );
});

test("a later one takes the place of the stack's own, and of no other", () => {
  const comments = [
    { id: 1, body: `> ${DEV}` },
    { id: 2, body: PROD },
    { id: 3, body: DEV },
  ];
  const { calls } = comment(DEV, comments);
  expect(calls).toBe(
    `api --silent --method PATCH repos/us/etcd/issues/comments/3 -F body=@${directory}/report.md`,
  );
});

test("a comment that somebody else has written first is left alone: they could change the report in it", () => {
  const { calls } = comment(DEV, [{ id: 1, body: DEV, by: "mallory" }]);
  expect(calls).toContain("--method POST");
});

test("no report is an error, not an empty comment", () => {
  expect(comment("", [])).toMatchObject({
    status: 1,
    calls: "",
    stderr: expect.stringContaining("is empty"),
  });
});
