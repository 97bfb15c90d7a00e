import type { ChangeClass } from "./changeClass";
import type { Estimate } from "./estimate";
import type { FileChange } from "./files";
import type { Finding } from "./finding";
import type { PrintableChange } from "./printable";
import type { PullRequest, Writer } from "./pullRequest";
import type { ChangeOp } from "./resourceChange";
import type { SettingChange } from "./settings";

/** Changes that make one thing happen to one member, or to the cluster. */
export interface ReportRow {
  /** Rows with the same number may happen at the same time. */
  readonly step: number;
  readonly what: string;
  /** A member's name, or `cluster`. */
  readonly member: string;
  readonly class: ChangeClass;
  /** The member's etcd is away for a while. */
  readonly isAway: boolean;
  readonly why: string;
  /** What to do instead, or what makes it safe; empty when there is nothing to say. */
  readonly safeWay: string;
  /** `RULE:SUBJECT` of each finding that refuses it. */
  readonly refusedBy: readonly string[];
  /** `RULE:SUBJECT` of each finding that an override allows. */
  readonly allowedBy: readonly string[];
  readonly urns: readonly string[];
}

/** One resource's change, without any value that is not on the allow-list. */
export interface DiffEntry {
  readonly op: ChangeOp;
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly class: ChangeClass;
  readonly replaceReasons: readonly string[];
  readonly paths: readonly string[];
  readonly values: readonly PrintableChange[];
}

/** - `incomplete`: the preview itself failed, so that what it shows is not all. */
export type Verdict = "safe" | "unsafe" | "incomplete";

/** A finding that an override allows. */
export interface Allowed extends Finding {
  /** Who wrote the override; missing when it is the command line's, or when no one knows. */
  readonly by?: Writer;
}

/** What the guard found, without any secret. */
export interface Report {
  readonly reportVersion: 1;
  readonly stack: string;
  readonly project: string;
  readonly verdict: Verdict;
  /** 0 safe, 1 unsafe, 2 incomplete. */
  readonly exitCode: 0 | 1 | 2;
  /** The gravest class. */
  readonly class: ChangeClass;
  readonly members: { readonly before: readonly string[]; readonly after: readonly string[] };
  readonly settings: readonly SettingChange[];
  readonly estimate?: Estimate;
  readonly files: readonly FileChange[];
  /** In the order in which `up` does them. */
  readonly rows: readonly ReportRow[];
  readonly refused: readonly Finding[];
  readonly allowed: readonly Allowed[];
  readonly overrideProblems: readonly string[];
  /** Errors that the preview ended with; their text is left out, it may hold values. */
  readonly previewErrors: number;
  /** Where there is one: who wrote it, who is asked, who has agreed. */
  readonly pullRequest?: Omit<PullRequest, "body" | "edits">;
  readonly diff: readonly DiffEntry[];
}
