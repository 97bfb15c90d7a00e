import type { ChangeClass } from "./changeClass";
import type { FileChange } from "./files";
import type { Finding } from "./finding";
import { overrideOf } from "./overrides";
import type { Report, ReportRow } from "./report";
import type { SettingChange } from "./settings";

/** The classes as a person reads them. */
export const CLASS_NAMES: Readonly<Record<ChangeClass, string>> = {
  none: "none",
  create: "create",
  hot: "hot",
  rolling: "rolling",
  "vm-down": "one VM down",
  destructive: "destructive",
};

/** What is done to a resource, before its name. */
export const SIGNS = { same: " ", create: "+", update: "~", replace: "±", delete: "-" } as const;

type Row = Omit<ReportRow, "urns">;

/** What happens alike to one member or to several, in one step or in several. */
export interface Kind extends Omit<ReportRow, "step" | "member" | "urns" | "isAway"> {
  readonly steps: readonly number[];
  readonly members: readonly string[];
  /** A line for each step, `●` for a member that runs and `○` for one that is away; none where all run. */
  readonly away: readonly string[];
}

/** The rows of a report that a person has to see, each kind once, and how many more there are. */
export function kindsOf(report: Report): { kinds: Kind[]; quiet: number } {
  const rows = report.rows.filter((row) => row.class !== "none" || row.refusedBy.length > 0);
  const steps = [...new Set(rows.map((row) => row.step))];
  const groups = new Map<string, Row[]>();
  for (const { urns: _, ...row } of rows) {
    const { step: __, member, ...same } = row;
    const key = JSON.stringify([same, member === "cluster"]);
    groups.set(key, [...(groups.get(key) ?? []), { ...row, step: steps.indexOf(row.step) + 1 }]);
  }
  const saidIn = new Map<string, string>();
  const kinds = [...groups.values()].map((own) => {
    const kind = kindOf(own, report.members.before);
    const [why, safeWay] = because(report, kind, saidIn);
    return { ...kind, why, safeWay };
  });
  return { kinds, quiet: report.rows.length - rows.length };
}

function kindOf(rows: readonly Row[], members: readonly string[]): Kind {
  const { step: _, member: __, isAway, ...first } = rows[0] as Row;
  const steps = [...new Set(rows.map((row) => row.step))];
  const inStep = (step: number) => rows.filter((row) => row.step === step).map((row) => row.member);
  const line = (away: readonly string[]) => members.map((m) => (away.includes(m) ? "○" : "●")).join("");
  return {
    ...first,
    steps,
    members: [...new Set(rows.map((row) => row.member))],
    away: isAway ? steps.map((step) => line(inStep(step))) : [],
  };
}

/** `1`, `1 to 3`, or `1, 3, 5`. */
export function stepsText(steps: readonly number[]): string {
  const [first = 0] = steps;
  const isRun = steps.length > 2 && steps.every((step, i) => step === first + i);
  return isRun ? `${first} to ${steps.at(-1)}` : steps.join(", ");
}

/** `controller-0, -1, -2`. */
function membersText(members: readonly string[]): string {
  const stem = (member: string | undefined) => /^(.*)-\d+$/.exec(member ?? "")?.[1];
  const short = members.map((member, i) => {
    const own = stem(member);
    return own !== undefined && own === stem(members[i - 1]) ? member.slice(own.length) : member;
  });
  return short.join(", ");
}

/** The members with how they go, where there are several. */
export function whoText({ members, steps }: Kind): string {
  const how = members.length < 2 ? "" : steps.length > 1 ? ", one at a time" : ", together";
  return `${membersText(members)}${how}`;
}

/** The verdict in a few words, and the classes and members that it is about. */
export function verdictOf(report: Report, kinds: readonly Kind[]): { verdict: string; more: string } {
  const reasons = report.refused.length + report.overrideProblems.length;
  if (report.verdict === "unsafe") {
    const count = `${reasons} ${reasons === 1 ? "reason" : "reasons"}`;
    return { verdict: `Unsafe: ${count} to refuse.`, more: " Nothing has been changed." };
  }
  if (report.verdict === "incomplete") {
    return {
      verdict: "Incomplete: the preview itself failed",
      more: ", so this is not all of it. Fix it and preview again.",
    };
  }
  if (kinds.length === 0) return { verdict: "Safe: etcd does not notice.", more: "" };
  const gravest = kinds.filter((kind) => kind.class === report.class).flatMap((kind) => kind.members);
  return { verdict: `Safe: ${CLASS_NAMES[report.class]}`, more: ` (${membersText([...new Set(gravest)])}).` };
}

/** How long, and how many elections; empty where no member restarts, stops, joins or leaves. */
export function estimateText({ estimate, members, verdict }: Report): string {
  if (!estimate) return "";
  const { seconds, elections } = estimate;
  const long = seconds < 60 ? `${Math.ceil(seconds / 10) * 10} s` : `${Math.ceil(seconds / 60)} min`;
  const [least, most] = elections;
  const count = least === most ? `${most}` : `${least} to ${most}`;
  const isAlone = members.before.length === 1 && most > 0;
  const leaders = isAlone ? "etcd is down meanwhile" : `${count} ${count === "1" ? "election" : "elections"}`;
  return `${verdict === "unsafe" ? "It would take about" : "About"} ${long}, ${leaders}.`;
}

/** A kind's reason and safe way; a finding that several kinds share is said in the first of them only. */
function because(report: Report, kind: Kind, saidIn: Map<string, string>): [string, string] {
  if (kind.refusedBy.length === 0) return [kind.why, kind.safeWay];
  const fresh = report.refused.filter((finding) => {
    const name = overrideOf(finding);
    return kind.refusedBy.includes(name) && !saidIn.has(name);
  });
  const earlier = kind.refusedBy.map((name) => saidIn.get(name)).find((step) => step !== undefined);
  for (const finding of fresh) saidIn.set(overrideOf(finding), stepsText(kind.steps));
  if (fresh.length === 0) return [`as in step ${earlier}`, ""];
  return [
    fresh.map((finding) => finding.reason).join("; "),
    fresh.map((finding) => finding.safeWay).join("; "),
  ];
}

/** A setting's values before and after, as far as they may be shown. */
export function valuesText({ from, to }: SettingChange): string {
  return from || to ? `${from ?? "not shown"} → ${to ?? "not shown"}` : "changed";
}

/** What becomes of a file, and on which members. */
export function fileText({ file, members, added, removed }: FileChange): string {
  return `${file}, +${added} -${removed} lines, on ${membersText(members)}`;
}

/** Findings about what no row shows, as when the engine put an error in place of a step. */
export function unlistedFindings({ refused, rows }: Report): Finding[] {
  const listed = new Set(rows.flatMap((row) => row.refusedBy));
  return refused.filter((finding) => !listed.has(overrideOf(finding)));
}
