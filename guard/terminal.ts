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
import type { Report } from "./report";
import { allowedText } from "./who";

const WIDTH = 100;
const COLOURS = { bold: 1, red: 31, green: 32, yellow: 33, dim: 2 } as const;
const VERDICTS = { safe: ["✓", "green"], unsafe: ["✗", "red"], incomplete: ["!", "yellow"] } as const;

type Paint = (colour: keyof typeof COLOURS, text: string) => string;

/** The report for a person at a terminal: what the comment says, at most 100 columns wide. */
export function renderTerminal(report: Report, { isColoured }: { readonly isColoured: boolean }): string {
  const paint: Paint = (colour, text) =>
    isColoured && text !== "" ? `\x1b[${COLOURS[colour]}m${text}\x1b[0m` : text;
  const { kinds, quiet } = kindsOf(report);
  const [sign, colour] = VERDICTS[report.verdict];
  const { verdict, more } = verdictOf(report, kinds);
  const blocks = [
    [
      paint("bold", plain(`etcd preview guard: ${report.stack}`)),
      ...wrap(`${sign} ${verdict}${more}`, 0).map((line) => paint(colour, line)),
      estimateText(report),
      ...allowedText(report).flatMap((line) =>
        wrap(`! ${line.replaceAll("`", "")}`, 0).map((part) => paint("yellow", part)),
      ),
      ...report.overrideProblems.flatMap((problem) => wrap(problem, 2).map((line) => paint("red", line))),
    ],
    settings(report, paint),
    steps(kinds, paint),
    quiet > 0 ? [`${quiet} more that etcd does not notice`] : [],
    unlisted(report, paint),
    files(report, paint),
    resources(report),
  ];
  const shown = blocks
    .map((lines) => lines.filter((line) => line !== ""))
    .filter((lines) => lines.length > 0);
  return `${shown.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function settings({ settings: changed }: Report, paint: Paint): string[] {
  if (changed.length === 0) return [];
  const lines = changed.flatMap((change) => [
    ...wrap(`${change.setting}  ${valuesText(change)}`, 2),
    ...wrap(change.effect, 6).map((line) => paint("dim", line)),
  ]);
  return [paint("bold", "Settings"), ...lines];
}

function steps(kinds: readonly Kind[], paint: Paint): string[] {
  if (kinds.length === 0) return [];
  const hasAway = kinds.some(({ away }) => away.length > 0);
  const lines = kinds.flatMap((kind) => {
    const colour = kind.refusedBy.length > 0 ? "red" : kind.allowedBy.length > 0 ? "yellow" : undefined;
    const step = stepsText(kind.steps);
    const [head = "", ...rest] = wrap(`${step}  ${kind.what} (${CLASS_NAMES[kind.class]})`, 2);
    return [
      ...[head, ...rest].map((line) => (colour ? paint(colour, line) : line)),
      ...wrap(`${whoText(kind)}  ${kind.away.join("  ")}`.trimEnd(), 6),
      ...wrap(kind.why, 6).map((line) => paint("dim", line)),
      ...wrap(kind.safeWay && `safe way: ${kind.safeWay}`, 6).map((line) => paint("dim", line)),
    ];
  });
  return [paint("bold", `Steps${hasAway ? "  (● up, ○ away)" : ""}`), ...lines];
}

function unlisted(report: Report, paint: Paint): string[] {
  const lines = unlistedFindings(report).flatMap((finding) => [
    ...wrap(`✗ ${finding.reason}`, 2).map((line) => paint("red", line)),
    ...wrap(`safe way: ${finding.safeWay}`, 6),
  ]);
  const allow = report.refused.map((finding) => `  --allow ${plain(overrideOf(finding))}`);
  return [...lines, ...(allow.length > 0 ? ["To allow it, one flag for each:", ...allow] : [])];
}

function files({ files: changed }: Report, paint: Paint): string[] {
  if (changed.length === 0) return [];
  const lines = changed.flatMap((change) => [
    ...wrap(fileText(change), 2),
    ...change.lines.flatMap((line) =>
      wrap(line, 6).map((part) => paint(line.startsWith("+") ? "green" : "red", part)),
    ),
  ]);
  return [paint("bold", "Files on the controllers"), ...lines];
}

function resources({ diff }: Report): string[] {
  const names = diff.map(({ op, name }) => `${SIGNS[op]}${name}`);
  return names.length === 0 ? [] : wrap(`Resources: ${names.join(", ")}`, 0);
}

/** Lines of at most 100 columns, all but the first indented a little more; a longer word is cut into parts. */
function wrap(text: string, indent: number): string[] {
  if (text === "") return [];
  const lines: string[] = [];
  let line = "";
  const room = WIDTH - indent - 2;
  for (const word of plain(text)
    .split(" ")
    .flatMap((one) => one.match(new RegExp(`.{1,${room}}`, "gu")) ?? [""])) {
    if (line !== "" && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else line = lines.length === 0 && line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one, i) => `${" ".repeat(indent + (i > 0 ? 2 : 0))}${one}`);
}

/** Names may hold what a terminal obeys. */
function plain(text: string): string {
  return text.replace(/\p{Cc}/gu, "?");
}
