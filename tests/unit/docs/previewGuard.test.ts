import { RULES } from "../../../guard/finding";
import { FILES, read } from "../repository";

const textsIn = (folder: string) => FILES.filter((file) => file.startsWith(`${folder}/`)).map(read);

test("the page has a row for each rule, and for no other", () => {
  const section = read("docs/operate/preview-guard.md").split("\n## The rules\n")[1]?.split("\n## ")[0] ?? "";
  const cells = [...section.matchAll(/^\| (`[^|]*) \|/gm)].map(([, cell = ""]) => cell);
  const named = cells.flatMap((cell) => [...cell.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name));
  expect(named.sort()).toEqual([...RULES].sort());
});

test.each(RULES)("%s is found by a rule, and expected by a test", (rule) => {
  expect(textsIn("guard/rules").some((text) => text.includes(`"${rule}"`))).toBe(true);
  const expected = textsIn("tests/unit/guard").some((text) => new RegExp(`["\`]${rule}["\`:]`).test(text));
  expect(expected).toBe(true);
});
