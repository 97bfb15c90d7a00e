import type { Field, Fields, Plain, Props } from "../schema/types";
import { diffFields } from "./diff";

/**
 * The inputs that the live state stands for. What the program set follows the state, unless both mean the
 * same; what it did not set stays unset. Without inputs, as for an import, everything settable is taken.
 */
export function inputsFromState(fields: Fields, inputs: Props, state: Props): Props {
  if (Object.keys(inputs).length > 0) return follow(fields, inputs, state);
  return { ...settable(fields, state), __defaults: [] };
}

function follow(fields: Fields, inputs: Props, state: Props): Props {
  const result: Props = {};
  for (const [key, input] of Object.entries(inputs)) {
    const field = fields[key];
    const value = field ? followValue(field, input, state[key]) : input;
    if (value !== undefined) result[key] = value;
  }
  return result;
}

function followValue(field: Field, input: Plain, live: Plain): Plain {
  // Never told by the API, so nothing can have changed it.
  if (field.rest === false && live === undefined) return input;
  if (live === undefined || live === null) return undefined;
  const changes = diffFields({ value: field }, { value: live }, { value: input });
  if (Object.keys(changes).length === 0) return input;
  if (field.type === "object") return follow(field.fields ?? {}, input as Props, live as Props);
  const elem = field.elem;
  if (Array.isArray(live) && Array.isArray(input) && elem?.type === "object") {
    return live.map((item, index) => {
      const before = input[index];
      return before === undefined
        ? { ...settable(elem.fields ?? {}, item as Props), __defaults: [] }
        : follow(elem.fields ?? {}, before as Props, item as Props);
    });
  }
  return live;
}

/** Everything that a program could have set to get this state; defaults and the cloud's choices are left out. */
function settable(fields: Fields, state: Props): Props {
  const result: Props = {};
  for (const [key, field] of Object.entries(fields)) {
    const value = state[key];
    const says =
      field.default === undefined ? !isNothing(value) : value !== undefined && value !== field.default;
    if (field.output || !says) continue;
    if (field.computed && !["name", "zone", "region", "project"].includes(key)) continue;
    result[key] = settableValue(field, value);
  }
  return result;
}

function settableValue(field: Field, value: Plain): Plain {
  if (field.type === "object") return { ...settable(field.fields ?? {}, value as Props), __defaults: [] };
  if (Array.isArray(value) && field.elem?.type === "object") {
    const fields = field.elem.fields ?? {};
    return value.map((item) => ({ ...settable(fields, item as Props), __defaults: [] }));
  }
  return value;
}

function isNothing(value: Plain): boolean {
  if (value === undefined || value === null || value === "" || value === false) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
