import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "../../..");
const REMOTE = join(ROOT, "remote");
const page = readFileSync(join(ROOT, "docs/operate/troubleshooting.md"), "utf8");

/** Where a script hands a text to `die`, or prints a reason to refuse. */
const SAYS = /(?:\bdie(?:_seeing_others)?|^\s*echo|&& echo|\|\| echo|;?\breasons\+=\$'\\n') ?"/gm;

/** The text of a double-quoted string from `start` on, its expansions replaced by `…`. */
function textAt(script: string, start: number): string {
  let text = "";
  let depth = 0;
  for (let at = start; at < script.length; at++) {
    const two = script.slice(at, at + 2);
    if (depth === 0 && script[at] === '"') return text;
    if (two === "$(" || two === "${") {
      if (depth === 0) text += "…";
      depth++;
      at++;
    } else if (depth > 0) {
      if (script[at] === "(") depth++;
      if (script[at] === ")" || script[at] === "}") depth--;
    } else if (/^\$\w/.test(two)) {
      text += "…";
      while (/\w/.test(script[at + 1] ?? "")) at++;
    } else text += script[at];
  }
  throw new Error("a string does not end");
}

/** The longest literal piece of a message's first clause: what a person searches for. */
function keyOf(message: string): string {
  const [clause = ""] = message.split(/[;(]|\. /);
  const pieces = clause
    .replaceAll("/var/lib/etcd", "…/var/lib/etcd")
    .split(/[…']/)
    .map((piece) => piece.trim());
  return pieces.sort((a, b) => b.length - a.length)[0] ?? "";
}

const messages = readdirSync(REMOTE)
  .filter((name) => name.endsWith(".sh"))
  .flatMap((name) => {
    const script = readFileSync(join(REMOTE, name), "utf8").replaceAll("$DATA_DIR", "/var/lib/etcd");
    return [...script.matchAll(SAYS)].map((match) => [
      name,
      textAt(script, (match.index ?? 0) + match[0].length),
    ]);
  })
  .filter(([, text = ""]) => keyOf(text).length >= 8) as [string, string][];

test("the messages of the scripts are found", () => {
  expect(messages.length).toBeGreaterThan(60);
  expect(messages.map(([, text]) => text)).toContain("mkfs.ext4 failed on …");
});

test.each(messages)("%s: %s", (_script, message) => {
  // Not toContain, which would print the page.
  expect([keyOf(message)].filter((key) => !page.includes(key))).toEqual([]);
});
