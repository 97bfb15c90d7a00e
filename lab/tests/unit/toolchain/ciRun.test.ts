import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

// What CI makes of a run of `npm test`, which here is a fake one.

const RUN = resolve(__dirname, "../../../../.ci/run");

function ci(output: string, status: number) {
  const directory = mkdtempSync(join(tmpdir(), "ci-run-"));
  const npm = join(directory, "npm");
  writeFileSync(npm, `#!/bin/bash\ncat <<'OUTPUT'\n${output}\nOUTPUT\nexit ${status}\n`);
  chmodSync(npm, 0o755);
  const ran = spawnSync(RUN, [], { encoding: "utf8", env: { PATH: `${directory}:${process.env.PATH}` } });
  rmSync(directory, { recursive: true });
  return [ran.status, ran.stdout.trimEnd().split("\n").at(-1)];
}

test.each([
  ["all that there is has passed", "Tests:       3 passed, 3 total", 0, [0, "3 passed, 0 failed, 0 skipped"]],
  ["a test has failed", "Tests:       1 failed, 2 passed, 3 total", 1, [1, "2 passed, 1 failed, 0 skipped"]],
  ["something else has failed", "Tests:       3 passed, 3 total", 2, [2, "3 passed, 1 failed, 0 skipped"]],
  [
    "the machine cannot run everything",
    "Tests:       3 passed, 3 total\nnot run: the end-to-end tests",
    0,
    [1, "3 passed, 1 failed, 0 skipped"],
  ],
])("%s", (_, output, status, expected) => {
  expect(ci(output, status)).toEqual(expected);
});
