import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { RULES } from "../../../guard/finding";

const ROOT = join(__dirname, "../../..");
const read = (file: string) => readFileSync(join(ROOT, file), "utf8");
const textsIn = (folder: string) => readdirSync(join(ROOT, folder)).map((name) => read(join(folder, name)));

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
