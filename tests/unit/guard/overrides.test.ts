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

test("one that matches nothing is an error even when all is healthy", () => {
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

describe("what a pull request's body names", () => {
  const all = "several-members-down:controller-0+controller-1+controller-2";
  const rolling = (...members: number[]) =>
    preview([stack(3), ...members.map((index) => step("replace", "vm", `controller-${index}`))]);
  const code = (json: unknown, ...inBody: string[]) => judgePreview(json, [], inBody).exitCode;
  const { stack: own } = judgePreview(rolling(0));

  test("allows in the stack that it names, and is passed over by another", () => {
    expect(code(rolling(0, 1, 2), `${own} ${all}`)).toBe(0);
    expect(code(rolling(0, 1, 2), `other ${all}`)).toBe(1);
    expect(code(preview([stack(3)]), `other ${all}`)).toBe(0);
  });

  test("allows in each stack when it names none, and is no error where nothing changes", () => {
    expect(code(rolling(0, 1, 2), all)).toBe(0);
    expect(code(preview([stack(3)]), all)).toBe(0);
  });

  test("allows what a run that stopped has left, and nothing beside it", () => {
    expect(code(rolling(1, 2), all)).toBe(0);
    expect(code(rolling(0, 1, 2), "several-members-down:controller-0+controller-1")).toBe(1);
    expect(code(rolling(0, 1), "data-disk-replaced:controller-0+controller-1")).toBe(1);
  });

  test("is still an error when it is none", () => {
    expect(code(preview([stack(3)]), `${own} no-such-rule:x`)).toBe(1);
    expect(code(preview([stack(3)]), `${own} ${all} because`)).toBe(1);
  });
});

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
  ["````\n```\netcd-guard-allow: a:b\n```\n````\netcd-guard-allow: c:d", ["c:d"]],
  ["```\n```bash\netcd-guard-allow: a:b\n```\netcd-guard-allow: c:d", ["c:d"]],
  ["``` a`b\n```\netcd-guard-allow: a:b\n```\n", []],
  ["```\n     ```\netcd-guard-allow: a:b\n```", []],
  ["~~~\n```\n~~~\netcd-guard-allow: a:b", ["a:b"]],
  ["- ```\n  etcd-guard-allow: a:b\n  ```\n", []],
  ["- ```\n  x\n```\netcd-guard-allow: a:b\n```", []],
  ["1. ```\n   x\n   ```\n\netcd-guard-allow: a:b", ["a:b"]],
  ["<pre>\netcd-guard-allow: a:b\n\netcd-guard-allow: a:b\n</pre>\n\netcd-guard-allow: c:d", ["c:d"]],
  ["<details>\n\netcd-guard-allow: a:b\n\n</details>", ["a:b"]],
  ["> like this:\netcd-guard-allow: a:b\n\netcd-guard-allow: c:d", ["c:d"]],
  ["> - x\n\n> etcd-guard-allow: a:b", []],
  ["- > etcd-guard-allow: a:b", []],
  ["Text <!--\netcd-guard-allow: a:b\n--> and more\netcd-guard-allow: c:d", ["c:d"]],
  ["`<!--` opens a comment\netcd-guard-allow: a:b", ["a:b"]],
  ["Text `\netcd-guard-allow: a:b\n` and more", []],
  ["**etcd-guard-allow: a:b**", []],
  ["~~etcd-guard-allow: a:b~~", []],
  ["- text\n  etcd-guard-allow: a:b\n- [x] etcd-guard-allow: c:d", ["a:b"]],
  ["etcd-guard-allow: `dev a:b_c`", ["dev a:b_c"]],
  ["etcd-guard-allow: a:b_c+d_e", ["a:b_c+d_e"]],
  ["etcd-guard-allow: a:b  \netcd-guard-allow: c:d\\\netcd-guard-allow: e:f", ["a:b", "c:d", "e:f"]],
  ["", []],
])("body %j", (body, expected) => {
  expect(overridesInBody(body)).toEqual(expected);
});
