import { DECLARED_DIR, NODE_LIB_DIR } from "../core/node/layout";
import { changedFiles } from "./bundle";
import type { ResourceChange } from "./resourceChange";
import { sortMembers } from "./role";

/** A file on the nodes that the run changes. */
export interface FileChange {
  readonly file: string;
  /** The members for which it changes in this way. */
  readonly members: readonly string[];
  readonly added: number;
  readonly removed: number;
  /** The lines, `+` or `-` before each, of what is not more than a name and a value; none of a script. */
  readonly lines: readonly string[];
}

/** The variables of etcd.env of which the value may be printed, when it looks like this. */
const ENV_SHOWN: Readonly<Record<string, RegExp>> = {
  INITIAL_CLUSTER_TOKEN: /^etcd-cluster-\d{1,4}$/,
  ETCD_QUOTA_BACKEND_BYTES: /^\d{1,12}$/,
  ETCD_LISTEN_METRICS_URLS: /^http:\/\/127\.0\.0\.1:\d{1,5}$/,
  ETCD_LOGGER: /^(zap|capnslog)$/,
  ETCD_PEER_CERT_ALLOWED_CN: /^etcd-member$/,
  ETCD_PRE_VOTE: /^(true|false)$/,
  ETCD_UNSUPPORTED_ARCH: /^(arm64)$/,
};

/** The same of the unit; of what looks like nothing, the name alone. */
const UNIT_SHOWN: Readonly<Record<string, RegExp>> = {
  Restart: /^(no|always|on-failure)$/,
  RestartSec: /^\d{1,4}$/,
  TimeoutStartSec: /^\d{1,4}$/,
  StartLimitIntervalSec: /^\d{1,4}$/,
  StartLimitBurst: /^\d{1,4}$/,
  LimitNOFILE: /^\d{1,8}$/,
  OOMScoreAdjust: /^-?\d{1,4}$/,
  UMask: /^0\d{3}$/,
  Environment: /(?!)/,
  EnvironmentFile: /(?!)/,
  ExecStart: /(?!)/,
  ExecStartPre: /(?!)/,
};

const SHOWN: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  [`${DECLARED_DIR}/etcd.env`]: ENV_SHOWN,
  [`${DECLARED_DIR}/etcd.service`]: UNIT_SHOWN,
};

/** The files that install phases change, each once for all members for which it changes alike. */
export function fileChanges(changes: readonly ResourceChange[]): FileChange[] {
  const found = new Map<string, FileChange>();
  for (const { role, old, new: now } of changes) {
    if (role.kind !== "install" || !role.member) continue;
    for (const { path, before, after } of changedFiles(old?.inputs, now?.inputs) ?? []) {
      const key = JSON.stringify([before, after, path]);
      const known = found.get(key);
      const change = known ?? fileChange(path, before ?? "", after ?? "");
      if (change.added + change.removed === 0) continue;
      found.set(key, { ...change, members: sortMembers([...(known?.members ?? []), role.member]) });
    }
  }
  return [...found.values()].sort((a, b) => b.lines.length - a.lines.length || a.file.localeCompare(b.file));
}

function fileChange(path: string, before: string, after: string): Omit<FileChange, "members"> {
  const diff = lineDiff(linesOf(before), linesOf(after));
  const shown = SHOWN[path];
  return {
    file: shortPath(path),
    added: diff.filter(([sign]) => sign === "+").length,
    removed: diff.filter(([sign]) => sign === "-").length,
    lines: shown ? diff.map(([sign, line]) => `${sign} ${printableLine(line, shown)}`) : [],
  };
}

/** A file's name where it is the phases' or a declared one, else its path. */
export function shortPath(path: string): string {
  return path.replace(`${NODE_LIB_DIR}/`, "").replace(`${DECLARED_DIR}/`, "");
}

/** True when each line that goes or comes is shown as it is. */
export function isShown(path: string, before = "", after = ""): boolean {
  const shown = SHOWN[path];
  if (!shown) return false;
  return lineDiff(linesOf(before), linesOf(after)).every(([, line]) => printableLine(line, shown) === line);
}

function linesOf(text: string): string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

function printableLine(line: string, shown: Readonly<Record<string, RegExp>>): string {
  const [, name = "", value = ""] = /^(\w+)=(.*)$/.exec(line) ?? [];
  // A key's text may end in `=` as well: a name that is not known stays unprinted.
  if (!Object.hasOwn(shown, name)) return "(a line that is not shown)";
  return shown[name]?.test(value) ? line : `${name}=(not shown)`;
}

/** The lines that go and come, in order: those that are in no longest common subsequence. */
export function lineDiff(a: readonly string[], b: readonly string[]): (readonly ["+" | "-", string])[] {
  if (a.length * b.length > 4_000_000)
    return [...a.map((line) => ["-", line] as const), ...b.map((line) => ["+", line] as const)];
  const common = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  const at = (i: number, j: number) => common[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      (common[i] as Uint32Array)[j] =
        a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const diff: (readonly ["+" | "-", string])[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    if (i < a.length && j < b.length && a[i] === b[j]) [i, j] = [i + 1, j + 1];
    else if (i < a.length && (j === b.length || at(i + 1, j) >= at(i, j + 1)))
      diff.push(["-", a[i++] as string]);
    else diff.push(["+", b[j++] as string]);
  }
  return diff;
}
