import { TAKES } from "../../../guard/estimate";
import { RULES } from "../../../guard/finding";
import { FILES, read } from "../repository";

const textsIn = (folder: string) => FILES.filter((file) => file.startsWith(`${folder}/`)).map(read);

test("the page has a row for each rule, and for no other", () => {
  const section = read("docs/operate/preview-guard.md").split("\n## The rules\n")[1]?.split("\n## ")[0] ?? "";
  const cells = [...section.matchAll(/^\| (\[`[^|]*) \|/gm)].map(([, cell = ""]) => cell);
  const named = cells.flatMap((cell) => [...cell.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name));
  expect(named.sort()).toEqual([...RULES].sort());
});

test.each(RULES)("%s is found by a rule, and expected by a test", (rule) => {
  expect(textsIn("guard/rules").some((text) => text.includes(`"${rule}"`))).toBe(true);
  const expected = textsIn("tests/unit/guard").some((text) => new RegExp(`["\`]${rule}["\`:]`).test(text));
  expect(expected).toBe(true);
});

test("the page has the seconds that the estimate goes by", () => {
  const section =
    read("docs/operate/preview-guard.md").split("### The estimate\n")[1]?.split("\n## ")[0] ?? "";
  const seconds = [...section.matchAll(/^\| [^|]* \| (\d+)/gm)].map(([, number]) => Number(number));
  expect(seconds).toEqual(Object.values(TAKES));
});

test("each rule has a section, with the comment that a real preview makes of it", () => {
  const sections = [
    ...read("docs/operate/guard-rules.md").matchAll(/^## `([a-z-]+)`\n(?:(?!^## )[^\n]*\n?)*/gm),
  ];
  expect(sections.map(([, rule]) => rule)).toEqual([...RULES]);
  for (const [section, rule] of sections) {
    expect(section).toContain(`<!-- ${rule}:begin -->\n> ### etcd preview guard: \`lab\`\n`);
    expect(section).toContain(`> etcd-guard-allow: lab ${rule}:`);
    expect(section).not.toContain("✅");
  }
});
