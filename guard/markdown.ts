import type { ChangeClass } from "./changeClass";
import { overrideOf } from "./overrides";
import type { DiffEntry, Report, ReportRow } from "./report";

/** Stands first, so that a later comment can take the place of an earlier one. */
const COMMENT_MARKER = "<!-- etcd-preview-guard -->";

/** GitHub takes 65,536 characters; the diff is cut so that the comment stays below. */
const MAX_DIFF_CHARACTERS = 45_000;

const CLASS_NAMES: Readonly<Record<ChangeClass, string>> = {
  none: "none",
  create: "create",
  hot: "hot",
  rolling: "rolling",
  "vm-down": "one VM down",
  destructive: "destructive",
};

const SIGNS = { same: " ", create: "+", update: "~", replace: "±", delete: "-" } as const;

/** The comment for a pull request: the verdict, a table read in ten seconds, the diff folded. */
export function renderMarkdown(report: Report): string {
  const shown = inSteps(report.rows.filter((row) => row.class !== "none" || row.refusedBy.length > 0));
  const quiet = report.rows.length - shown.length;
  const parts = [
    COMMENT_MARKER,
    `### etcd preview guard: \`${code(report.stack)}\``,
    verdictLine(report, shown),
    ...report.overrideProblems.map((problem) => `- ⛔ ${text(problem)}`),
    table(report, shown),
    quiet > 0
      ? `${quiet} more ${quiet === 1 ? "change" : "changes"} that etcd does not notice; see the diff.`
      : "",
    unlisted(report),
    howToAllow(report),
    details(report.diff),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

/** Numbers the steps anew, without the ones that are not shown. */
function inSteps(rows: readonly ReportRow[]): ReportRow[] {
  const steps = [...new Set(rows.map((row) => row.step))];
  return rows.map((row) => ({ ...row, step: steps.indexOf(row.step) + 1 }));
}

function verdictLine(report: Report, shown: readonly ReportRow[]): string {
  const reasons = report.refused.length + report.overrideProblems.length;
  if (report.verdict === "unsafe") {
    return `⛔ **Unsafe: ${reasons} ${reasons === 1 ? "reason" : "reasons"} to refuse.** Nothing has been changed.`;
  }
  if (report.verdict === "incomplete") {
    return "⚠️ **Incomplete: the preview itself failed**, so this is not all of it. Mend it and preview again.";
  }
  const allowed = report.allowed.map((f) => `\`${code(overrideOf(f))}\``).join(", ");
  const note = allowed ? ` Allowed by name: ${allowed}.` : "";
  if (shown.length === 0) return `✅ **Safe: etcd does not notice.**${note}`;
  const members = [...new Set(shown.filter((r) => r.class === report.class).map((r) => r.member))].join(", ");
  return `✅ **Safe: ${CLASS_NAMES[report.class]}** (${text(members)}).${note}`;
}

function table(report: Report, rows: readonly ReportRow[]): string {
  if (rows.length === 0) return "";
  const saidIn = new Map<string, number>();
  const lines = rows.map((row) => {
    const isMarked = row.refusedBy.length + row.allowedBy.length > 0;
    const sign = row.refusedBy.length > 0 ? "⛔ " : row.allowedBy.length > 0 ? "❗ " : "";
    const name = CLASS_NAMES[row.class];
    const kind = row.class === "destructive" || isMarked ? `${sign}**${name}**` : name;
    const cells = [String(row.step), text(row.what), text(row.member), kind, ...because(report, row, saidIn)];
    return `| ${cells.join(" | ")} |`;
  });
  return ["| step | what | member | class | why | safe way |", "|---:|---|---|---|---|---|", ...lines].join(
    "\n",
  );
}

/** A row's reason and safe way; a finding that several rows share is said in the first of them only. */
function because(report: Report, row: ReportRow, saidIn: Map<string, number>): [string, string] {
  if (row.refusedBy.length === 0) return [text(row.why), text(row.safeWay)];
  const fresh = report.refused.filter((finding) => {
    const name = overrideOf(finding);
    return row.refusedBy.includes(name) && !saidIn.has(name);
  });
  const earlier = row.refusedBy.map((name) => saidIn.get(name)).find((step) => step !== undefined);
  for (const finding of fresh) saidIn.set(overrideOf(finding), row.step);
  if (fresh.length === 0) return [`as in step ${earlier}`, ""];
  return [
    text(fresh.map((finding) => finding.reason).join("; ")),
    text(fresh.map((finding) => finding.safeWay).join("; ")),
  ];
}

/** Findings about what no row shows, as when the engine put an error in place of a step. */
function unlisted({ refused, rows }: Report): string {
  const listed = new Set(rows.flatMap((row) => row.refusedBy));
  return refused
    .filter((finding) => !listed.has(overrideOf(finding)))
    .map((finding) => `- ⛔ ${text(finding.reason)}. Safe way: ${text(finding.safeWay)}.`)
    .join("\n");
}

function howToAllow({ refused, stack }: Report): string {
  if (refused.length === 0) return "";
  const lines = refused.map((finding) => `etcd-guard-allow: ${code(stack)} ${code(overrideOf(finding))}`);
  const intro = "If one of these is meant, say so in the pull request's description, each by its own line:";
  return [intro, "", "```", ...lines, "```"].join("\n");
}

function details(diff: readonly DiffEntry[]): string {
  if (diff.length === 0) return "";
  const lines: string[] = [];
  let characters = 0;
  for (const line of diff.flatMap(diffLines)) {
    characters += line.length + 1;
    if (characters > MAX_DIFF_CHARACTERS) {
      lines.push("… cut; the whole diff is in the guard's JSON");
      break;
    }
    lines.push(line);
  }
  const summary = `<summary>${diff.length} ${diff.length === 1 ? "resource" : "resources"} in the diff</summary>`;
  return ["<details>", summary, "", "```diff", ...lines, "```", "", "</details>"].join("\n");
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
