import {
  CLASS_NAMES,
  estimateText,
  fileText,
  type Kind,
  kindsOf,
  SIGNS,
  stepsText,
  unlistedFindings,
  valuesText,
  verdictOf,
  whoText,
} from "./kinds";
import { overrideOf } from "./overrides";
import type { DiffEntry, Report } from "./report";
import { allowedText, reviewText, wouldAllowText } from "./who";

/** The first line, so that a later comment can replace an earlier one. */
const COMMENT_MARKER = "<!-- etcd-preview-guard -->";

/** GitHub takes 65,536 characters; files and diff are cut so that the comment stays below. */
const MAX_FILES_CHARACTERS = 8_000;
const MAX_DIFF_CHARACTERS = 40_000;

const VERDICT_SIGNS = { safe: "✅", unsafe: "⛔", incomplete: "⚠️" } as const;

/** The comment for a pull request: the verdict, what is set, what happens, what becomes of files and resources. */
export function renderMarkdown(report: Report): string {
  const { kinds, quiet } = kindsOf(report);
  const parts = [
    COMMENT_MARKER,
    heading(report.stack),
    verdictLine(report, kinds),
    ...report.overrideProblems.map((problem) => `- ⛔ ${text(problem)}`),
    settings(report),
    table(kinds),
    quiet > 0
      ? `${quiet} more ${quiet === 1 ? "change" : "changes"} that etcd does not notice; see the diff.`
      : "",
    unlisted(report),
    whatIsAllowed(report),
    howToAllow(report),
    files(report),
    details(report.diff),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

/** The comment when nothing could be judged: it takes the place of one that no longer holds. */
export function renderUnjudged(stack: string, problem: string): string {
  const verdict = `${VERDICT_SIGNS.incomplete} **Nothing was judged**: ${text(problem)}. The job says why.`;
  return `${[COMMENT_MARKER, heading(stack), verdict].join("\n\n")}\n`;
}

function heading(stack: string): string {
  return `### etcd preview guard: \`${code(stack)}\``;
}

function verdictLine(report: Report, kinds: readonly Kind[]): string {
  const { verdict, more } = verdictOf(report, kinds);
  const estimate = estimateText(report);
  return `${VERDICT_SIGNS[report.verdict]} **${verdict}**${text(more)}${estimate && ` ${estimate}`}`;
}

function settings({ settings: changed }: Report): string {
  if (changed.length === 0) return "";
  const lines = changed.map(
    (change) => `| \`${change.setting}\` | ${text(valuesText(change))} | ${text(change.effect)} |`,
  );
  return ["| setting | change | what it does |", "|---|---|---|", ...lines].join("\n");
}

function table(kinds: readonly Kind[]): string {
  if (kinds.length === 0) return "";
  const hasAway = kinds.some(({ away }) => away.length > 0);
  const lines = kinds.map((kind) => {
    const isMarked = kind.refusedBy.length + kind.allowedBy.length > 0;
    const sign = kind.refusedBy.length > 0 ? "⛔ " : kind.allowedBy.length > 0 ? "❗ " : "";
    const name = CLASS_NAMES[kind.class];
    return [
      stepsText(kind.steps),
      text(kind.what),
      text(whoText(kind)),
      ...(hasAway ? [kind.away.join("<br>")] : []),
      kind.class === "destructive" || isMarked ? `${sign}**${name}**` : name,
      text(kind.why),
      text(kind.safeWay),
    ];
  });
  const titles = ["step", "what", "members", ...(hasAway ? ["● up ○ away"] : []), "class", "why", "safe way"];
  const rows = [titles, ["---:", ...titles.slice(1).map(() => "---")], ...lines];
  return rows.map((cells, i) => (i === 1 ? `|${cells.join("|")}|` : `| ${cells.join(" | ")} |`)).join("\n");
}

function unlisted(report: Report): string {
  return unlistedFindings(report)
    .map((finding) => `- ⛔ ${text(finding.reason)}. Safe way: ${text(finding.safeWay)}.`)
    .join("\n");
}

function whatIsAllowed(report: Report): string {
  if (report.allowed.length === 0) return "";
  return [...allowedText(report).map((line) => `- ❗ ${text(line)}.`), "", text(reviewText(report))]
    .join("\n")
    .trimEnd();
}

function howToAllow(report: Report): string {
  const { refused, allowed, stack } = report;
  if (refused.length === 0) return "";
  const lines = refused.map((finding) => `etcd-guard-allow: ${code(stack)} ${code(overrideOf(finding))}`);
  const intro = "If one of these is meant, say so in the pull request's description, each by its own line:";
  const who = [wouldAllowText(report), ...(allowed.length > 0 ? [] : [reviewText(report)])].join(" ").trim();
  return [intro, "", "```", ...lines, "```", ...(who ? ["", text(who)] : [])].join("\n");
}

function files({ files: changed }: Report): string {
  if (changed.length === 0) return "";
  const lines = changed.flatMap((change) => [fileText(change), ...change.lines]);
  return [
    "Files on the controllers:",
    "",
    "```diff",
    ...cut(lines.map(code), MAX_FILES_CHARACTERS),
    "```",
  ].join("\n");
}

function details(diff: readonly DiffEntry[]): string {
  if (diff.length === 0) return "";
  const summary = `<summary>${diff.length} ${diff.length === 1 ? "resource" : "resources"} in the diff</summary>`;
  const lines = cut(diff.flatMap(diffLines), MAX_DIFF_CHARACTERS);
  return ["<details>", summary, "", "```diff", ...lines, "```", "", "</details>"].join("\n");
}

function cut(lines: readonly string[], most: number): string[] {
  let characters = 0;
  const kept = lines.filter((line) => {
    characters += line.length + 1;
    return characters <= most;
  });
  return kept.length === lines.length ? kept : [...kept, "… cut; the whole diff is in the guard's JSON"];
}

function diffLines(entry: DiffEntry): string[] {
  const why = entry.replaceReasons.length > 0 ? ` (replaced for ${entry.replaceReasons.join(", ")})` : "";
  const values = entry.values.map(
    ({ path, from, to }) => `    ${path}: ${from ?? "unknown"} → ${to ?? "unknown"}`,
  );
  const valued = new Set(entry.values.map(({ path }) => path.split(" ")[0]));
  const paths = entry.op === "create" ? [] : entry.paths.filter((path) => !valued.has(path));
  return [
    code(`${SIGNS[entry.op]} ${entry.type} ${entry.name}${why}`),
    ...(entry.op === "create" ? [] : values),
    ...(paths.length > 0 ? [`    ${code(paths.join(", "))}`] : []),
  ];
}

/** Text that stays text in a table's cell. Back-ticked words, which the guard itself writes, stay code. */
function text(value: string): string {
  return value
    .replace(/[\r\n]+/g, " ")
    .replace(/[<>|[\]]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/@(?=\w)/g, "@\u200b");
}

/** Text within back-ticks or a fence: it cannot end them. */
function code(value: string): string {
  return value.replace(/[`\r\n]+/g, "'");
}
