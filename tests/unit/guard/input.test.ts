import { GuardInputError, judgePreview } from "../../../guard";
import { preview, stack, step } from "./steps";

const SECRET = "hunter2-planted";

/** What is not a preview, and what the error says. */
test.each([
  [null, "the input is not a JSON object"],
  [[], "the input is not a JSON object"],
  ["text", "the input is not a JSON object"],
  [{}, "the input has neither steps nor a changeSummary"],
  [{ version: 3, deployment: {} }, "the input has neither steps nor a changeSummary"],
  [{ steps: {} }, "steps is not a list"],
  [{ steps: [SECRET] }, "steps[0] is not an object"],
  [{ steps: [{ op: SECRET, urn: "x" }] }, "steps[0].op is an unknown operation"],
  [{ steps: [{ op: "create", urn: SECRET }] }, "steps[0].urn is not a URN"],
  [
    { steps: [{ ...step("create", "vm", "controller-0"), newState: SECRET }] },
    "steps[0].newState is not an object",
  ],
  [
    { steps: [{ ...step("update", "vm", "controller-0"), diffReasons: SECRET }] },
    "steps[0].diffReasons is not a list",
  ],
  [{ changeSummary: { create: 3 } }, "the changeSummary counts changes and there are no steps"],
  [{ steps: [], diagnostics: SECRET }, "diagnostics is not a list"],
])("%j", (json, problem) => {
  expect(() => judgePreview(json)).toThrow(GuardInputError);
  expect(() => judgePreview(json)).toThrow(problem);
  expect(() => judgePreview(json)).not.toThrow(SECRET);
});

test("a preview that ended with an error is incomplete, never safe", () => {
  const json = { ...(preview([stack(3)]) as object), diagnostics: [{ severity: "error", message: SECRET }] };
  const report = judgePreview(json);
  expect(report).toMatchObject({ verdict: "incomplete", exitCode: 2, previewErrors: 1 });
  expect(JSON.stringify(report)).not.toContain(SECRET);
});

test("warnings do not make it incomplete", () => {
  const json = { ...(preview([stack(3)]) as object), diagnostics: [{ severity: "warning", message: "w" }] };
  expect(judgePreview(json).verdict).toBe("safe");
});
