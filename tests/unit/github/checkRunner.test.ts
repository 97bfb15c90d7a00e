import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SCRIPT = join(__dirname, "../../../.github/scripts/check-runner.sh");

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "runner-"));
  for (const name of ["_work/_temp", "bin"]) mkdirSync(join(root, name), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

/** Runs the check on a runner with these settings, where the metadata server says this, or no one answers. */
function check(settings: object, accounts?: string) {
  writeFileSync(join(root, ".runner"), JSON.stringify(settings, undefined, 2));
  const curl = accounts === undefined ? "exit 7" : `printf '%s' '${accounts}'`;
  writeFileSync(join(root, "bin/curl"), `#!/bin/sh\n${curl}\n`, { mode: 0o755 });
  const env = { PATH: `${root}/bin:${process.env.PATH}`, RUNNER_TEMP: join(root, "_work/_temp") };
  const { status, stderr } = spawnSync("bash", [SCRIPT], { encoding: "utf8", env });
  return { status, stderr };
}

test("a runner of one job without an account passes, on Google Cloud and elsewhere", () => {
  expect(check({ agentName: "a", ephemeral: true })).toEqual({ status: 0, stderr: "" });
  expect(check({ AgentId: 1, Ephemeral: "True" })).toEqual({ status: 0, stderr: "" });
  expect(check({ ephemeral: true }, "")).toEqual({ status: 0, stderr: "" });
});

test.each([{ agentName: "a" }, { ephemeral: false }])("one that stays is refused: %j", (settings) => {
  expect(check(settings)).toMatchObject({ status: 1, stderr: expect.stringContaining("is ephemeral") });
});

test("one that is somebody at Google is refused", () => {
  expect(check({ ephemeral: true }, "default/\n123@developer.gserviceaccount.com/\n")).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("has a service account"),
  });
});
