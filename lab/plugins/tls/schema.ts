import type { CheckFailure, DiffResult } from "../framework";
import { equal, hasUnknown, NO_DIFF, type PropertyMap, plain, Secret } from "../framework";

/** What the provider's schema says of one input. */
export interface Property {
  readonly type: "string" | "number" | "boolean" | "list" | "object";
  readonly required?: boolean;
  /** A change replaces the resource; true for all but a few. */
  readonly inPlace?: boolean;
  readonly secret?: boolean;
  /** Allowed values, in the order in which the provider names them; for a list, of its elements. */
  readonly oneOf?: readonly string[];
  readonly atLeast?: number;
}

export type Schema = Readonly<Record<string, Property>>;

/** Checks inputs as the bridged provider does: unknown properties pass. */
export function checkInputs(
  schema: Schema,
  news: PropertyMap,
): { inputs: PropertyMap; failures: CheckFailure[] } {
  const inputs: PropertyMap = { ...news };
  const failures: CheckFailure[] = [];
  const fail = (reason: string, at: string) =>
    failures.push({ property: "", reason: `${reason}. Examine values at 'r.${at}'.` });
  for (const [name, property] of Object.entries(schema)) {
    const value = plain(news[name]);
    if (value === undefined || value === null) {
      if (property.required) {
        fail(
          `Missing required argument. The argument "${snake(name)}" is required, but no definition was found`,
          name,
        );
      }
      continue;
    }
    if (property.secret && !(news[name] instanceof Secret)) inputs[name] = new Secret(news[name]);
    if (hasUnknown(news[name])) continue;
    if (!hasType(value, property.type))
      throw new Error(`${name}: ${describe(value)} is not a ${property.type}`);
    const elements = Array.isArray(value) ? value : [value];
    for (const [index, element] of elements.entries()) {
      if (property.oneOf && !property.oneOf.includes(element as string)) {
        const at = Array.isArray(value) ? `[${index}]` : "";
        const allowed = property.oneOf.map((v) => `"${v}"`).join(" ");
        fail(
          `Invalid Attribute Value Match. Attribute ${snake(name)}${at} value must be one of: [${allowed}], got: "${element}"`,
          `${name}${at}`,
        );
      }
    }
    if (property.atLeast !== undefined && (value as number) < property.atLeast) {
      fail(
        `Invalid Attribute Value. Attribute ${snake(name)} value must be at least ${property.atLeast}, got: ${value}`,
        name,
      );
    }
  }
  return { inputs, failures };
}

/** Compares inputs; every schema property but those changed in place replaces. */
export function diffInputs(schema: Schema, oldInputs: PropertyMap, news: PropertyMap): DiffResult {
  const changed = Object.keys(schema).filter((name) => !equal(oldInputs[name], news[name]));
  if (changed.length === 0) return NO_DIFF;
  return {
    changes: "SOME",
    diffs: changed.sort(),
    replaces: changed.filter((name) => !schema[name]?.inPlace),
    deleteBeforeReplace: false,
    detailed: {},
  };
}

function hasType(value: unknown, type: Property["type"]): boolean {
  if (type === "list") return Array.isArray(value);
  if (type === "object") return typeof value === "object" && !Array.isArray(value);
  return typeof value === type;
}

function describe(value: unknown): string {
  return typeof value === "string" ? "a string" : JSON.stringify(value);
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
