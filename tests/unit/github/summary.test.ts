import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { ROOT, read } from "../repository";

type Steps = readonly { readonly run?: string }[];
const stepsOf = (workflow: string) =>
  Object.values(
    (parse(read(`.github/workflows/${workflow}`)) as { jobs: Record<string, { steps: Steps }> }).jobs,
  )
    .flatMap(({ steps }) => steps)
    .flatMap(({ run }) => (run ? [run] : []));
const stepOf = (workflow: string, part: string) =>
  stepsOf(workflow).find((run) => run.includes(part)) as string;

const PULL = JSON.stringify({
  number: 7,
  user: { login: "alice" },
  body: "etcd-guard-allow: lab data-disk-replaced:controller-0",
  merged_by: null,
  head: { sha: "c" },
  requested_reviewers: [],
  requested_teams: [],
});

let directory: string;
const file = (name: string) => join(directory, name);
const text = (name: string) => (existsSync(file(name)) ? readFileSync(file(name), "utf8") : "");
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "summary-"));
  // gh answers from files and keeps what it is to post; the preview is there already.
  const gh = `#!/bin/sh
for arg; do case "$arg" in body=@*) cp "\${arg#body=@}" "${directory}/posted" ;; esac; done
case "$*" in
*--method*) ;;
*graphql*) exit 1 ;;
*/commits/*) echo 7 ;;
*/reviews | */comments) echo "[]" ;;
*) cat "${directory}/pull" ;;
esac\n`;
  for (const [name, script] of [
    ["gh", gh],
    ["pulumi", `#!/bin/sh\ncat "${directory}/recorded"\n`],
  ] as const) {
    writeFileSync(file(name), script);
    chmodSync(file(name), 0o755);
  }
  writeFileSync(file("pull"), PULL);
});
afterEach(() => rmSync(directory, { recursive: true }));

function run(script: string) {
  return spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], {
    cwd: ROOT,
    encoding: "utf8",
    env: {
      ...process.env,
      PATH: `${directory}:${process.env.PATH}`,
      RUNNER_TEMP: directory,
      GITHUB_STEP_SUMMARY: file("summary"),
      GITHUB_OUTPUT: file("output"),
      GITHUB_REPOSITORY: "us/etcd",
      GITHUB_EVENT_NAME: "push",
      GITHUB_SHA: "c",
      PULL_REQUEST: "7",
      STACK: "lab",
    },
  });
}

/** A recorded preview, or what is none, and the guard's code. */
test.each([
  ["quota.json", 0, "**Safe"],
  ["data-disk-replaced.json", 1, "is allowed by whom is not known"],
  [undefined, 2, "**Nothing was judged**: the input is empty"],
])("of %s, the summary, the comment and the summary of up are one text", (recorded, code, part) => {
  if (recorded) copyFileSync(join(ROOT, "tests/previews", recorded), file("preview.json"));
  else writeFileSync(file("preview.json"), "");
  copyFileSync(file("preview.json"), file("recorded"));

  expect(run(stepOf("preview.yml", "guard --"))).toMatchObject({ status: 0 });
  expect(text("output")).toBe(`status=${code}\n`);
  const summary = text("summary");
  expect(summary).toContain("### etcd preview guard: `lab`");
  expect(summary).toContain(part);
  run(stepOf("preview.yml", "comment.sh"));
  expect(text("posted")).toBe(summary);

  rmSync(file("summary"));
  const up = run(stepOf("up-stack.yml", "guard --"));
  expect([up.status, up.stdout]).toEqual([code, summary]);
  expect(text("summary")).toBe(summary);
});
