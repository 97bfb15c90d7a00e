import { judgePreview, overridesInBody } from "../../../guard";
import { preview, stack, step } from "./steps";

const replaced = preview([stack(3), step("replace", "disk", "controller-1-data")]);

test("an override allows the change that it names", () => {
  const report = judgePreview(replaced, ["data-disk-replaced:controller-1"]);
  expect(report).toMatchObject({ verdict: "safe", exitCode: 0, refused: [], overrideProblems: [] });
  expect(report.allowed.map(({ subject }) => subject)).toEqual(["controller-1"]);
  expect(report.rows[0]?.allowedBy).toEqual(["data-disk-replaced:controller-1"]);
});

test("it allows no other change", () => {
  const report = judgePreview(replaced, ["data-disk-replaced:controller-2"]);
  expect(report).toMatchObject({ verdict: "unsafe", exitCode: 1 });
  expect(report.refused.map(({ subject }) => subject)).toEqual(["controller-1"]);
  expect(report.overrideProblems).toEqual([
    'the override "data-disk-replaced:controller-2" matches nothing in this run; take it out',
  ]);
});

test("one that matches nothing is an error even when all is well", () => {
  expect(judgePreview(preview([stack(3)]), ["founders-changed:etcd-founders"]).exitCode).toBe(1);
});

test.each(["data-disk-replaced", "data-disk-replaced:", "no-such-rule:x", "*:*", "", "founders-changed:a b"])(
  "%j is no override",
  (text) => {
    const { exitCode, overrideProblems } = judgePreview(preview([stack(3)]), [text]);
    expect(exitCode).toBe(1);
    expect(overrideProblems[0]).toMatch(/is not RULE:SUBJECT/);
  },
);

/** A pull request's body, and the overrides in it. */
test.each([
  ["etcd-guard-allow: data-disk-replaced:controller-1", ["data-disk-replaced:controller-1"]],
  ["Text.\r\n\r\n- etcd-guard-allow: a:b\r\n* `etcd-guard-allow: c:d`\r\n", ["a:b", "c:d"]],
  ["Etcd-Guard-Allow:a:b", ["a:b"]],
  ["etcd-guard-allow: a:b because of this", ["a:b because of this"]],
  ["etcd-guard-allow:", [""]],
  ["Please write etcd-guard-allow: a:b", []],
  ["> etcd-guard-allow: a:b", []],
  ["<!--\netcd-guard-allow: a:b\n-->\netcd-guard-allow: c:d", ["c:d"]],
  ["<!-- etcd-guard-allow: a:b", []],
  ["```\netcd-guard-allow: a:b\n```\netcd-guard-allow: c:d", ["c:d"]],
  ["```\netcd-guard-allow: a:b", []],
  ["    etcd-guard-allow: a:b", []],
  ["", []],
])("body %j", (body, expected) => {
  expect(overridesInBody(body)).toEqual(expected);
});
