import { isObject } from "../json";
import type { Settings } from ".";
import type { Effect } from "./effects";

/** Notes that the setting is not usable; `part` names a member of a map. */
export type Report = (got: unknown, fix: string, part?: string) => void;

/** What the table says of a setting, besides its type. */
interface About<T> {
  readonly default: T;
  readonly description: string;
  /** What a change does to a running cluster. */
  readonly effect: Effect;
  /** Reports what is wrong with a value of the right type. */
  check?(value: T, report: Report, all: Settings): void;
}

/** One setting. */
export interface Setting<T = unknown> extends Required<About<T>> {
  /** As Pulumi.yaml names it. */
  readonly type: "string" | "integer" | "boolean" | "array" | "object";
  readonly items?: "string" | "integer";
  /** As TypeScript names it. */
  readonly valueType: string;
  /** What to write when a value has another type. */
  readonly fix: string;
  /** From a stack's configuration, which is text, and JSON for lists and maps; what is not of the type stays text. */
  readonly parse: (text: string) => unknown;
  readonly is: (value: unknown) => value is T;
}

export function integer(about: About<number> & { range?: readonly [number, number] }): Setting<number> {
  const { range, check, ...rest } = about;
  return {
    ...rest,
    type: "integer",
    valueType: "number",
    fix: "write a whole number",
    parse: (value) => (/^-?\d{1,15}$/.test(value) ? Number(value) : value),
    is: (value): value is number => Number.isSafeInteger(value),
    check: (value, report, all) => {
      if (range && (value < range[0] || value > range[1])) report(value, `use ${range[0]} to ${range[1]}`);
      check?.(value, report, all);
    },
  };
}

/** A text; `like` is what it must match, with what to write instead. */
export function text(about: About<string> & { like?: readonly [RegExp, string] }): Setting<string> {
  const { like, check, ...rest } = about;
  return {
    ...rest,
    type: "string",
    valueType: "string",
    fix: "write a text",
    parse: (value) => value,
    is: (value): value is string => typeof value === "string",
    check: (value, report, all) => {
      if (like && !like[0].test(value)) report(value, like[1]);
      check?.(value, report, all);
    },
  };
}

/** One of some texts. Every other text is refused, with `fix`. */
export function choice<T extends string>(
  values: readonly T[],
  fix: string,
  about: About<NoInfer<T>>,
): Setting<T> {
  const check = (value: string, report: Report, all: Settings) => {
    if ((values as readonly string[]).includes(value)) about.check?.(value as T, report, all);
    else report(value, fix);
  };
  return {
    ...text({ ...about, check }),
    valueType: values.map((value) => `"${value}"`).join(" | "),
  } as Setting<T>;
}

export function flag(about: About<boolean>): Setting<boolean> {
  return {
    check: () => {},
    ...about,
    type: "boolean",
    valueType: "boolean",
    fix: "write true or false",
    parse: (value) => ({ true: true, false: false })[value] ?? value,
    is: (value): value is boolean => typeof value === "boolean",
  };
}

/** A list; `each` is reported for every element. */
export function list<T extends "string" | "number", V = T extends "string" ? string : number>(
  of: T,
  about: About<readonly V[]> & { each?: (element: V, report: Report, all: Settings) => void },
): Setting<readonly V[]> {
  const { each, check, ...rest } = about;
  return {
    ...rest,
    type: "array",
    items: of === "string" ? "string" : "integer",
    valueType: `readonly ${of}[]`,
    fix: `write a list of ${of}s`,
    parse: parseJson,
    is: (value): value is readonly V[] =>
      Array.isArray(value) && value.every((element) => typeof element === of),
    check: (value, report, all) => {
      check?.(value, report, all);
      for (const element of each ? value : []) each?.(element, report, all);
    },
  };
}

/** A map of names to texts, at most `most` of them; `each` is reported for every entry. */
export function texts(
  about: About<Readonly<Record<string, string>>> & {
    most: number;
    each: (name: string, value: string, report: Report) => void;
  },
): Setting<Readonly<Record<string, string>>> {
  const { each, most, ...rest } = about;
  return {
    ...rest,
    type: "object",
    valueType: "Readonly<Record<string, string>>",
    fix: "write a map of names to strings",
    parse: (value) => withTexts(parseJson(value)),
    // Of a map with another value, the entry is named.
    is: (value): value is Record<string, string> => isObject(value),
    check: (value, report) => {
      const count = Object.keys(value).length;
      if (count > most) report(`${count} entries`, `use ${most} at most`);
      for (const [name, inner] of Object.entries(value))
        if (typeof inner === "string") each(name, inner, report);
        else
          report(
            inner,
            "write a text; `pulumi config set --path --type string` keeps a number as it is",
            name,
          );
    },
  };
}

/** `pulumi config set --path` saves `4711` as a number and `true` as a boolean, whatever they are meant to be. */
function withTexts(value: unknown): unknown {
  if (!isObject(value)) return value;
  const text = (inner: unknown) =>
    typeof inner === "boolean" || Number.isSafeInteger(inner) ? String(inner) : inner;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, text(inner)]));
}

/** The value, or the text itself when it is no JSON. */
export function parseJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
