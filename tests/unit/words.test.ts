import { FILES, read } from "./repository";

/** Words that readers stumbled over, and what to write instead. */
const EVERYWHERE: readonly (readonly [word: RegExp, instead: string])[] = [
  [/\bmend(s|ed|ing)?\b/i, "fix"],
  [/\banew\b/i, "again, or recreate"],
  [/\bbe had\b/i, "available"],
  [/\b(no|some|every|any)body's\b/i, "whose it is"],
  [/\bnobody\b/i, "what happens instead; no one"],
  [/\bbefall/i, "happen to"],
  [/\b(tells?|told) of\b/i, "reports, names"],
  [/\bcomes? to (its|an|their) end\b/i, "expires, ends"],
  [
    /\b(certificates?|CAs?|generation|leaf|leaves)\b[^.;:|[\](]{0,25}\b(ends|ended)\b/,
    "expires, has expired",
  ],
  [/\bcosts? (the|a) quorum\b/i, "loses the quorum"],
  [
    /\b(founds|founding)\b|\b(was|is|are|be|been|were) founded\b|\b(to|may|can|cannot|could) found\b/i,
    "create a cluster",
  ],
  [/\b(take|taken|takes|taking|took) (it|that|this|[\w ]*\bchanges?|\w+) back\b/i, "revert"],
  [/(?<!so|one|way), too\b/i, "also"],
  [/\b(is|are|be|was|were|not|all is|ends|ended) well\b/i, "healthy, succeeded"],
  [/(^|[.;:(|] |\*\*)Who (?!can it|has the|are you|is waiting)[a-z]+(?! [^.|]*\?)/, "anyone who"],
  [/\bbears?\b/i, "survive, have"],
  [/\bstands\b(?! (for|in for)\b)/i, "is"],
  [/\blies\b/i, "is"],
  [/\bno more\b(?! than| failures)/i, "no longer"],
  [/\bhangs? on\b/i, "depends on"],
  [/\bof now\b/i, "the current"],
  [/\bbe it\b/i, "also"],
  [/\bdialled\b/i, "connect"],
  [/\banother\b[^.;:,|]{0,20}\bthan\b/i, "a different … from"],
  [/\b10\.240\.0\.\d+ and up\b|`controller-0` and up/i, "list the first ones, and …"],
  [/\bof one's own\b/i, "your own"],
];

/** For operators: one name for each thing. */
const PAGES: typeof EVERYWHERE = [
  [/\bthe engine\b|\bthe engine's\b/i, "Pulumi"],
  [/\bdials?\b|\bdialing\b/i, "connects to"],
  [/\bnodes?\b(?![./])/i, "controller"],
  [/\b(another|each|every|this) host\b(?! key)/i, "controller, machine"],
];

/** What a person reads, line by line: of a page without its code and addresses. */
function prose(file: string): string[] {
  const text = read(file);
  if (!/\.md$/.test(file)) return text.split("\n");
  const withoutBlocks = text.replace(/^( *)(```+)[\s\S]*?^\1\2$/gm, (block) => block.replace(/[^\n]/g, ""));
  return withoutBlocks.replace(/`[^`\n]*`|\]\([^)\n]*\)|<[^>\n]*>/g, " ").split("\n");
}

const written = FILES.filter(
  (file) =>
    /\.(md|ts|sh|ya?ml|service|conf|js)$|^lab\/bin\//.test(file) &&
    // The unit's bytes are on every node: not for a word.
    !/package-lock|\/cases\/|^tests\/unit\/words\.test\.ts$|^remote\/etcd\.service$/.test(file),
);
const pages = written.filter((file) => /^(README\.md|docs\/operate\/.*|examples\/.*\.md)$/.test(file));

function found(files: readonly string[], banned: typeof EVERYWHERE): string[] {
  return files.flatMap((file) =>
    prose(file).flatMap((line, index) =>
      banned
        .filter(([word]) => word.test(line))
        .map(
          ([word, instead]) => `${file}:${index + 1}: ${word.exec(line)?.[0]} → ${instead}: ${line.trim()}`,
        ),
    ),
  );
}

test("plain words everywhere", () => {
  expect(written.length).toBeGreaterThan(400);
  expect(found(written, EVERYWHERE)).toEqual([]);
});

test("pages for operators name each thing by one word", () => {
  expect(pages.length).toBeGreaterThan(15);
  expect(found(pages, PAGES)).toEqual([]);
});
