import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "../../..");
const REMOTE = join(ROOT, "remote");

const scripts = readdirSync(REMOTE)
  .filter((name) => name.endsWith(".sh"))
  .map((name) => [name, readFileSync(join(REMOTE, name), "utf8")] as const);

const calls = scripts.flatMap(([name, script]) =>
  script
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .flatMap((line) => [...line.matchAll(/\b(?:die|die_seeing_others|reason) (\S+)/g)])
    .map(([, word = ""]) => [name, word] as const),
);
const CODE = /^[A-Z]+(_[A-Z]+)*$/;

test("every refusal has a code, a literal one", () => {
  expect(calls.length).toBeGreaterThan(80);
  // Both hand on the code that they were given.
  const handedOn = calls.filter(([, word]) => !CODE.test(word));
  expect(handedOn).toEqual([
    ["reasons.sh", expect.stringContaining("reasons%%:*")],
    ["reasons.sh", '"$@"'],
  ]);
});

test("the page has each code of the scripts once, and no other", () => {
  const page = readFileSync(join(ROOT, "docs/operate/troubleshooting.md"), "utf8");
  const rows = [...page.matchAll(/^\| `([A-Z]+(?:_[A-Z]+)*)` \|/gm)].map(([, code]) => code);
  const codes = new Set(calls.map(([, word]) => word).filter((word) => CODE.test(word)));
  expect(rows.sort()).toEqual([...codes].sort());
});
