import { spawnSync } from "node:child_process";
import { read } from "../../repository";

/** A node of shfmt's syntax tree. */
interface Syntax {
  readonly Type?: string;
  readonly [field: string]: unknown;
}

/** What a script defines and uses, by its syntax. */
export interface ShellSource {
  readonly functions: readonly string[];
  /** The globals that it sets, in capitals. */
  readonly variables: readonly string[];
  /** The phase's options that it reads. */
  readonly options: readonly string[];
  /**
   * The globals that it reads, but for those that have a default there, and every plain word: a function's name
   * among them is a call, or is handed to a function that calls it.
   */
  readonly uses: readonly string[];
}

const GLOBAL = /^[A-Z][A-Z0-9_]*$/;

export function shellSource(file: string): ShellSource {
  const found = { functions: [], variables: [], options: [], uses: [] } as {
    [K in keyof ShellSource]: string[];
  };
  walk(parse(read(file)), (node) => {
    const value = (field: string) => String((node[field] as Syntax | undefined)?.Value);
    if (node.Type === "FuncDecl") found.functions.push(value("Name"));
    if (node.Type === "ParamExp" && value("Param") === "OPT" && node.Index)
      found.options.push(literal(node.Index));
    else if (node.Type === "ParamExp" && GLOBAL.test(value("Param")) && !node.Exp)
      found.uses.push(value("Param"));
    // An assignment before a command is for that command alone, and a local one is no global.
    const isGlobal = node.Type === "CallExpr" ? !node.Args : node.Type === "DeclClause" && !isLocal(node);
    if (isGlobal)
      for (const { Name, Index } of (node.Assigns ?? node.Args ?? []) as { Name?: Syntax; Index?: unknown }[])
        if (!Index && GLOBAL.test(String(Name?.Value))) found.variables.push(String(Name?.Value));
    if (Array.isArray(node.Parts) && node.Type !== "DblQuoted") found.uses.push(firstWord(node));
  });
  return Object.fromEntries(
    Object.entries(found).map(([name, values]) => [name, [...new Set(values)]]),
  ) as unknown as ShellSource;
}

/** A word without quotes, or, since wait_with_progress takes a command with its words, the first one in quotes. */
function firstWord(word: Syntax): string {
  const [part, ...more] = (word.Parts ?? []) as Syntax[];
  if (part?.Type === "DblQuoted") return /^\w+(?= )/.exec(firstWord(part))?.[0] ?? "";
  return part?.Type === "Lit" && (more.length === 0 || word.Type === "DblQuoted") ? String(part.Value) : "";
}

function isLocal(node: Syntax): boolean {
  return (node.Variant as Syntax).Value === "local";
}

/** The text of a subscript, which is a word or, without quotes, arithmetic. */
function literal(node: unknown): string {
  return /"Value":"(\w+)"/.exec(JSON.stringify(node))?.[1] ?? "";
}

function walk(node: unknown, visit: (node: Syntax) => void): void {
  if (typeof node !== "object" || node === null) return;
  if (!Array.isArray(node)) visit(node as Syntax);
  for (const child of Object.values(node)) walk(child, visit);
}

function parse(script: string): Syntax {
  // The older name of the flag is that of shfmt 3.4.
  for (const flag of ["--to-json", "-tojson"]) {
    const { status, stdout } = spawnSync("shfmt", [flag], {
      input: script,
      encoding: "utf8",
      maxBuffer: 1 << 28,
    });
    if (status === 0) return JSON.parse(stdout) as Syntax;
  }
  throw new Error("shfmt did not parse the script; lab/bin/setup installs it");
}
