import { joinPath } from "../schema/naming";
import type { Field, Fields, Plain, Props } from "../schema/types";

/** Go's strconv.ParseBool. */
const BOOLEANS: Record<string, boolean> = {
  ...Object.fromEntries(["1", "t", "T", "TRUE", "true", "True"].map((text) => [text, true])),
  ...Object.fromEntries(["0", "f", "F", "FALSE", "false", "False"].map((text) => [text, false])),
};

/**
 * Brings inputs to the types of the schema, as the official plugin does before it looks at them, and fills in
 * the defaults that it records; each object tells by `__defaults` which ones those are.
 *
 * @throws Error where a value cannot be read as its type at all.
 */
export function normalize(fields: Fields, value: Props, path = ""): Props {
  const result: Props = {};
  for (const [key, item] of Object.entries(value)) {
    if (key === "__defaults" || item === null || item === undefined) continue;
    const field = fields[key];
    result[key] = field ? normalizeValue(field, item, joinPath(path, key)) : item;
  }
  const filled: string[] = [];
  for (const [key, field] of Object.entries(fields)) {
    // A default that is the type's zero value is Terraform's affair alone.
    if (result[key] !== undefined || field.deprecated || (!field.default && !field.zeroRecorded)) continue;
    result[key] = field.default;
    filled.push(key);
  }
  result.__defaults = filled.sort();
  return result;
}

function normalizeValue(field: Field, value: Plain, path: string): Plain {
  if (typeof value === "symbol") return value;
  switch (field.type) {
    case "string":
      return scalar(value, path, "string");
    case "bool":
      return typeof value === "string" ? (BOOLEANS[value] ?? value) : expect(value, "boolean", path);
    case "int":
      return number(value, path, "ParseInt", /^[-+]?\d+$/);
    case "float":
      return number(value, path, "ParseFloat", /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i);
    case "map":
      return Object.fromEntries(
        Object.entries(record(value, path)).map(([key, item]) => [
          key,
          typeof item === "symbol" ? item : scalar(item, joinPath(path, key), "string"),
        ]),
      );
    case "object":
      return normalize(field.fields ?? {}, record(value, path), path);
    default: {
      // A lone value where a list belongs is taken as a list of one.
      const items = Array.isArray(value) ? value : [value];
      const elem = field.elem as Field;
      return items.map((item, index) => normalizeValue(elem, item, `${path}[${index}]`));
    }
  }
}

function scalar(value: Plain, path: string, type: string): Plain {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return expect(value, type, path);
}

function number(value: Plain, path: string, parser: string, pattern: RegExp): Plain {
  if (typeof value !== "string") return expect(value, "number", path);
  if (!pattern.test(value)) {
    throw new Error(`${path}: strconv.${parser}: parsing ${JSON.stringify(value)}: invalid syntax`);
  }
  return Number(value);
}

function record(value: Plain, path: string): Props {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error(`${path}: expected an object, got ${describe(value)}`);
  }
  return value;
}

function expect(value: Plain, type: string, path: string): Plain {
  if (typeof value !== type) throw new Error(`${path}: expected a ${type}, got ${describe(value)}`);
  return value;
}

function describe(value: Plain): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : typeof value === "object" ? "an object" : `a ${typeof value}`;
}
