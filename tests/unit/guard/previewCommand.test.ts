import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runPreview } from "../../../guard/previewCommand";
import { ROOT } from "../repository";
import { converges, preview, stack, step } from "./steps";

function run(args: string[], printed: string | undefined, isColoured = false) {
  const said = { out: "", err: "", asked: [] as readonly string[] };
  const code = runPreview(args, {
    pulumi: (given) => {
      said.asked = given;
      return printed;
    },
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    isColoured,
  });
  return { code, ...said };
}

const safe = JSON.stringify(preview([stack(3), ...[0, 1, 2].map((i) => converges(i, {}, { config: "9" }))]));
const unsafe = JSON.stringify(preview([stack(3), step("replace", "disk", "controller-1-data")]));

test("asks Pulumi for a preview, with all that is not the guard's", () => {
  const { asked, code } = run(
    ["--stack", "prod", "--allow", "data-disk-replaced:controller-1", "-c", "a=b"],
    unsafe,
  );
  expect(asked).toEqual(["preview", "--json", "--non-interactive", "--stack", "prod", "-c", "a=b"]);
  expect(code).toBe(0);
  expect(run(["--allow=data-disk-replaced:controller-1"], unsafe).code).toBe(0);
  expect(run([], unsafe).code).toBe(1);
});

test("shows who is away when", () => {
  expect(run([], safe).out).toBe(`etcd preview guard: dev
✓ Safe: rolling (controller-0, -1, -2).
About 40 s, 1 to 2 elections.

Steps  (● up, ○ away)
  1 to 3  etcd configuration (rolling)
      controller-0, -1, -2, one at a time  ○●●  ●○●  ●●○
      unit, etcd.env or build differ: it restarts
      safe way: one member at a time, each when the others are healthy

Resources: ~member-0-converge, ~member-1-converge, ~member-2-converge
`);
});

test("colours are for a terminal alone, and change no word", () => {
  const coloured = run([], unsafe, true).out;
  expect(coloured).toContain("\x1b[31m✗ Unsafe: 1 reason to refuse.");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  expect(coloured.replace(/\x1b\[\d+m/g, "")).toBe(run([], unsafe).out);
});

test("no line is wider than 100 columns, whatever the names are, and none can move the cursor", () => {
  const names = ["x".repeat(300), "evil\x1b[2J\r\n", ...Array.from({ length: 40 }, (_, i) => `bucket-${i}`)];
  const steps = names.map((name) => step("update", "bucket", name));
  const { out } = run(
    [],
    JSON.stringify(preview([stack(3), ...steps, step("replace", "disk", "controller-1-data")])),
  );
  for (const line of out.split("\n")) expect([...line].length).toBeLessThanOrEqual(100);
  expect(out).not.toMatch(/[^\P{Cc}\n]/u);
  expect(out).toContain("evil?[2J??");
});

test("an unexpected error is incomplete, and quotes nothing", () => {
  let err = "";
  const code = runPreview([], {
    pulumi: () => safe,
    out: () => {
      throw new Error("key: abc");
    },
    err: (text) => {
      err += text;
    },
    isColoured: false,
  });
  expect({ code, err }).toEqual({ code: 2, err: "etcd preview guard: unexpected error\n" });
});

test("an error of the preview is shown, and it is incomplete", () => {
  const json = JSON.parse(safe) as object;
  const { code, out, err } = run(
    [],
    JSON.stringify({ ...json, diagnostics: [{ severity: "error", message: "bad\x1b quota" }] }),
  );
  expect(code).toBe(2);
  expect(err).toBe("bad? quota\n");
  expect(out).toContain("! Incomplete");
});

test.each([
  [undefined, "there is no `pulumi` on the PATH"],
  ["", "Pulumi printed no preview"],
  ["error: no stack", "Pulumi printed no preview"],
  ["{}", "neither steps nor a changeSummary"],
])("what is no preview ends with 2: %j", (printed, problem) => {
  expect(run([], printed)).toMatchObject({ code: 2, out: "", err: expect.stringContaining(problem) });
});

test("the command runs the Pulumi on the PATH", () => {
  const dir = mkdtempSync(join(tmpdir(), "etcd-preview-"));
  try {
    const script = `#!/bin/sh\necho "asked: $*" >&2\ncat <<'END'\n${unsafe}\nEND\n`;
    writeFileSync(join(dir, "pulumi"), script, { mode: 0o755 });
    const env = { ...process.env, PATH: `${dir}:${process.env.PATH}` };
    const args = ["run", "--silent", "preview", "--", "--stack", "prod"];
    const { status, stdout, stderr } = spawnSync("npm", args, { cwd: ROOT, encoding: "utf8", env });
    expect(stderr).toContain("asked: preview --json --non-interactive --stack prod");
    expect(stdout).toContain("✗ Unsafe: 1 reason to refuse.");
    expect(status).toBe(1);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
