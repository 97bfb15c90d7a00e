import { CHECKS, clusterDifferences, type Difference, endingCertificates, unfinishedMembers } from "./checks";
import type { DeclaredCluster } from "./declared";
import { type ObservedNode, readReport } from "./observed";

/** What a node answered: its report, or why there is none. */
export type Answer = { readonly report: string } | { readonly error: string };

/** One difference and where it was found. */
export interface Finding extends Difference {
  /** A controller's name, or `cluster`. */
  readonly where: string;
  /** The row of the table. */
  readonly check: string;
}

/** The outcome of a verification. */
export interface VerifyReport {
  readonly controllers: readonly string[];
  /** Rows of the table: a check and, for each controller in order, how it went there. */
  readonly rows: readonly { readonly check: string; readonly cells: readonly Cell[] }[];
  readonly findings: readonly Finding[];
  readonly hasDrift: boolean;
}

/** `-`: it could not be looked at. */
export type Cell = "ok" | "DRIFT" | "-";

const REACHED = "reached by SSH";
const ONE_CLUSTER = "one cluster";
const BROUGHT_UP = "brought up";
const EXPIRY = "expiry";
const CLUSTER = "cluster";

/**
 * Compares every node's answer, in the order of the declared members, with what is declared.
 *
 * @param expiryDays certificates that expire within so many days are also a finding.
 */
export function compare(
  cluster: DeclaredCluster,
  answers: readonly Answer[],
  now: Date,
  expiryDays = 0,
): VerifyReport {
  const nodes = new Map<string, ObservedNode>();
  const findings: Finding[] = [];
  cluster.members.forEach(({ controller }, index) => {
    const read = readAnswer(answers[index] ?? { error: "it was not asked" });
    if (typeof read !== "string") {
      nodes.set(controller, read);
      return;
    }
    const fix = "see docs/operate/troubleshooting.md; when the VM is lost, docs/operate/replace-member.md";
    findings.push({ where: controller, check: REACHED, what: "SSH", declared: "reached", found: read, fix });
  });
  for (const [check, run] of Object.entries(CHECKS)) {
    for (const member of cluster.members) {
      const node = nodes.get(member.controller);
      const found = node ? outcome(() => run({ member, node, cluster, now }), check) : [];
      findings.push(...found.map((difference) => ({ where: member.controller, check, ...difference })));
    }
  }
  findings.push(
    ...clusterDifferences(nodes).map((d) => ({ where: CLUSTER, check: ONE_CLUSTER, ...d })),
    ...unfinishedMembers(cluster).map((d) => ({ where: CLUSTER, check: BROUGHT_UP, ...d })),
    ...endingCertificates(cluster, now, expiryDays).map((d) => ({ where: CLUSTER, check: EXPIRY, ...d })),
  );
  return {
    controllers: cluster.members.map((m) => m.controller),
    rows: rowsOf(cluster, nodes, findings),
    findings,
    hasDrift: findings.length > 0,
  };
}

/** What a node says can make a check throw; that is a finding of this check, and hides no other. */
function outcome(run: () => Difference[], what: string): Difference[] {
  try {
    return run();
  } catch (error) {
    const fix = "see docs/operate/troubleshooting.md";
    return [{ what, declared: "an answer that can be read", found: (error as Error).message, fix }];
  }
}

function rowsOf(
  cluster: DeclaredCluster,
  nodes: ReadonlyMap<string, ObservedNode>,
  findings: readonly Finding[],
): VerifyReport["rows"] {
  const cell = (check: string, controller: string): Cell => {
    const isFound = findings.some((f) => f.check === check && [controller, CLUSTER].includes(f.where));
    if (isFound) return "DRIFT";
    return nodes.has(controller) ? "ok" : "-";
  };
  return [REACHED, ...Object.keys(CHECKS), ONE_CLUSTER, BROUGHT_UP, EXPIRY].map((check) => ({
    check,
    cells: cluster.members.map(({ controller }) => cell(check, controller)),
  }));
}

function readAnswer(answer: Answer): ObservedNode | string {
  if ("error" in answer) return answer.error;
  try {
    return readReport(answer.report);
  } catch (error) {
    return (error as Error).message;
  }
}

/** The report for people: a table, then each difference with its remedy. */
export function renderText(report: VerifyReport, cluster: DeclaredCluster): string {
  const first = Math.max(...report.rows.map(({ check }) => check.length));
  const widths = report.controllers.map((name) => name.length);
  const line = (head: string, cells: readonly string[]) =>
    [head.padEnd(first), ...cells.map((cell, index) => cell.padEnd(widths[index] ?? 0))].join("  ").trimEnd();
  const table = [line("", report.controllers), ...report.rows.map(({ check, cells }) => line(check, cells))];
  const details = report.findings.flatMap((finding) => detail(finding, cluster));
  const verdict = report.hasDrift
    ? `${report.findings.length} ${report.findings.length === 1 ? "difference" : "differences"} between what is declared and what is live.`
    : "Everything is as declared.";
  return `${[...table, "", ...details, verdict].join("\n")}\n`;
}

function detail(finding: Finding, cluster: DeclaredCluster): string[] {
  return [
    `${finding.where}: ${printable(finding.what)}`,
    `  declared: ${printable(finding.declared)}`,
    `  found:    ${printable(finding.found)}`,
    `  fix:      ${finding.fix ?? fixOf(finding, cluster)}`,
    "",
  ];
}

/** Replaced, a phase's command runs again, and every phase after it. */
function fixOf({ where }: Finding, cluster: DeclaredCluster): string {
  const member = cluster.members.find(({ controller }) => controller === where);
  return `pulumi up --replace '**::${member?.install ?? cluster.membership}'`;
}

/** What came from a node stays one line of text, and no command to GitHub's runner. */
function printable(text: string): string {
  return text
    .slice(0, 1500)
    .replace(/[^\x20-\x7e]/g, "?")
    .replaceAll("##[", "## [");
}
