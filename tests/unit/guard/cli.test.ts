import { runGuard } from "../../../guard/cli";
import { preview, stack, step } from "./steps";

function run(args: string[], files: Record<string, string>) {
  const said = { out: "", err: "" };
  const code = runGuard(args, {
    read: (file) => files[file] ?? "",
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
  });
  return { code, ...said };
}

const safe = JSON.stringify(preview([stack(3)]));
const unsafe = JSON.stringify(preview([stack(3), step("replace", "disk", "controller-1-data")]));

test("reads stdin, or the file that is named", () => {
  expect(run([], { "-": safe })).toMatchObject({ code: 0, err: "" });
  expect(run(["preview.json"], { "preview.json": unsafe })).toMatchObject({ code: 1, err: "" });
});

test("prints JSON for machines", () => {
  const { out } = run(["--format", "json"], { "-": unsafe });
  expect(JSON.parse(out)).toMatchObject({
    reportVersion: 1,
    verdict: "unsafe",
    refused: [{ rule: "data-disk-replaced" }],
  });
});

test("takes overrides from the command line and from a pull request's body", () => {
  expect(run(["--allow", "data-disk-replaced:controller-1"], { "-": unsafe }).code).toBe(0);
  const body = "Why: a bigger disk type.\n\netcd-guard-allow: data-disk-replaced:controller-1\n";
  expect(run(["--pr-body-file", "body"], { "-": unsafe, body }).code).toBe(0);
  // As in the other stack, and once the change is done.
  expect(run(["--pr-body-file", "body"], { "-": safe, body }).code).toBe(0);
});

test("what is not understood ends with 2 and quotes nothing", () => {
  expect(run([], { "-": "" })).toMatchObject({
    code: 2,
    out: "",
    err: expect.stringContaining("the input is empty"),
  });
  const bad = run([], { "-": 'error: token "hunter2" is bad' });
  expect(bad).toMatchObject({ code: 2, out: "", err: expect.stringContaining("the input is not JSON") });
  expect(bad.err).not.toContain("hunter2");
  expect(run(["--format", "xml"], { "-": safe }).code).toBe(2);
  expect(run(["--nonsense"], { "-": safe }).code).toBe(2);
  expect(run(["a", "b"], { a: safe }).code).toBe(2);
});

test("--help", () => {
  expect(run(["--help"], {})).toMatchObject({ code: 0, out: expect.stringContaining("usage:") });
});
