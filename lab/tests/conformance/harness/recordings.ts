import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Difference } from "./provider";
import type { WireMap } from "./wire";

/** What the official plugin made of some inputs. */
export interface MakeRecording {
  readonly type: string;
  readonly case: string;
  readonly inputs: WireMap;
  readonly checked?: WireMap;
  readonly failures?: { property: string; reason: string }[];
  readonly checkError?: string;
  readonly created?: WireMap;
  readonly createError?: string;
  readonly id?: string;
}

/** What the official plugin made of a change to the inputs of the case of the same name. */
export interface DiffRecording extends Difference {
  readonly type: string;
  readonly case: string;
  readonly change: WireMap;
}

/** The recordings of one plugin. */
export interface Recordings {
  readonly makes: readonly MakeRecording[];
  readonly diffs: readonly DiffRecording[];
  /** The inputs that a change starts from. */
  baseOf(diff: DiffRecording): MakeRecording;
}

/** Reads `cases/<name>.jsonl`: one JSON object a line, taken from the official plugin by the provider protocol. */
export function readRecordings(name: string): Recordings {
  const lines = readFileSync(join(__dirname, "../cases", `${name}.jsonl`), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as MakeRecording | DiffRecording);
  const makes = lines.filter((line) => "inputs" in line);
  const diffs = lines.filter((line) => "change" in line);
  const baseOf = (diff: DiffRecording) => {
    const base = makes.find((make) => make.type === diff.type && make.case === diff.case);
    if (!base) throw new Error(`no inputs for the change of ${diff.type}, case ${diff.case}`);
    return base;
  };
  return { makes, diffs, baseOf };
}
