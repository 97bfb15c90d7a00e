import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseCommandOptions, shellCommand, shellQuote } from "../../../../core/node/shell";

const HOSTILE = [
  "",
  " ",
  "two words",
  "'",
  "''quoted''",
  "it's",
  '"',
  "\\",
  "\\'",
  "$HOME",
  "$(touch pwned)",
  "`touch pwned`",
  "; touch pwned",
  "&& touch pwned",
  "| touch pwned",
  "> pwned",
  "a\nb\n",
  "\ttab",
  "*",
  "~",
  "{a,b}",
  "!!",
  "#comment",
  "-n",
  "--name",
  "ünï→",
];

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "shell-test-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

function words(script: string): string[] {
  const out = execFileSync("bash", ["-c", `show() { printf '%s\\0' "$@"; }\n${script}`], {
    cwd: dir,
    encoding: "utf8",
  });
  return out.split("\0").slice(0, -1);
}

test.each([
  ["", "''"],
  ["a b", "'a b'"],
  ["it's", "'it'\\''s'"],
  ["https://10.240.0.10:2380", "https://10.240.0.10:2380"],
  ["controller-0=https://x:1,controller-1=https://y:1", "controller-0=https://x:1,controller-1=https://y:1"],
  ["user_1@host+x%/.", "user_1@host+x%/."],
  ["a?b", "'a?b'"],
  ["a\n", "'a\n'"],
])("%j is quoted as %s", (word, quoted) => {
  expect(shellQuote(word)).toBe(quoted);
});

test("bash reads every hostile word back as it was, and runs none", () => {
  expect(words(`show ${HOSTILE.map(shellQuote).join(" ")}`)).toEqual(HOSTILE);
  expect(readdirSync(dir)).toEqual([]);
});

test("a command has one option a line", () => {
  expect(shellCommand("sudo run.sh", { name: "controller-0", note: "a b" })).toBe(
    "sudo run.sh \\\n  --name controller-0 \\\n  --note 'a b'",
  );
  expect(shellCommand("run.sh", {})).toBe("run.sh");
});

test.each(HOSTILE)("an option's value %j arrives whole", (value) => {
  expect(words(shellCommand("show", { first: value, last: "x" }))).toEqual(["--first", value, "--last", "x"]);
  expect(readdirSync(dir)).toEqual([]);
});

test("the options of a command are read back as they were, hostile words too", () => {
  const options = { name: "controller-0", odd: 'it\'s $HOME `x` \\ "y"', empty: "", "two-words": "a b" };
  expect(parseCommandOptions(shellCommand("run --it", options))).toEqual(options);
});

test("a command of line ends alone is read at once", () => {
  const begin = performance.now();
  expect(parseCommandOptions("\n".repeat(80_000))).toEqual({});
  expect(performance.now() - begin).toBeLessThan(500);
});
