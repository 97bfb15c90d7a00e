import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(__dirname, "../../../..");

test("a program is read without a check of its types, by the settings that every user has", () => {
  const directory = mkdtempSync(join(tmpdir(), "program-"));
  const file = join(directory, "index.ts");
  writeFileSync(file, 'const count: number = "not one"; console.log(count);');
  // What Pulumi's run does, @pulumi/pulumi/cmd/run.
  const script =
    'require("ts-node").register({ project: "tsconfig.json", transpileOnly: undefined }); require(process.argv[1])';
  try {
    expect(execFileSync("node", ["-e", script, file], { cwd: ROOT, encoding: "utf8" })).toBe("not one\n");
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("neither the lab nor the benchmark sets a variable that changes how a program runs", () => {
  const { stdout } = spawnSync(
    "grep",
    ["-rl", "--exclude=*.test.ts", "PULUMI_NODEJS_", "lab", "tests/bench"],
    { cwd: ROOT, encoding: "utf8" },
  );
  expect(stdout).toBe("");
});

test("an engine of the lab gets the variables of Pulumi's that lab/differences.md lists, and no others", () => {
  const set = [
    "-rhoE",
    "--include=*.ts",
    "PULUMI_[A-Z_]+",
    "lab/commands",
    "tests/bench",
    "tests/e2e/harness",
  ];
  const { stdout } = spawnSync("grep", set, { cwd: ROOT, encoding: "utf8" });
  const names = (text: string) => [...new Set(text.match(/PULUMI_\w+/g))].sort();
  expect(names(stdout)).toEqual(
    [...names(readFileSync(join(ROOT, "lab/differences.md"), "utf8")), "PULUMI_CONFIG_PASSPHRASE"].sort(),
  );
});
