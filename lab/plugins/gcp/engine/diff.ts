import type { DiffKind } from "../../framework";
import { joinPath } from "../schema/naming";
import type { Changes, Field, Fields, Plain, Props } from "../schema/types";

/** What turns the state into what the inputs ask for, by property path. */
export function diffFields(fields: Fields, olds: Props, news: Props, path = ""): Changes {
  const changes: Changes = {};
  for (const [key, field] of Object.entries(fields)) {
    diffValue(field, olds[key], news[key], joinPath(path, key), changes);
  }
  return changes;
}

function diffValue(field: Field, old: Plain, wanted: Plain, path: string, changes: Changes): void {
  const now = wanted ?? field.default;
  if (now === undefined) {
    if (!field.computed && !isEmpty(old)) note(changes, path, "DELETE", replaces(field, old));
    return;
  }
  if (field.output || (typeof now !== "symbol" && field.same?.(old, now))) return;
  const absent = old === undefined || old === null || (typeof old === "object" && isEmpty(old));
  if (absent) {
    // A state from before a property existed must not replace the resource for the sake of its zero default.
    if (wanted === undefined && field.forceNew && isEmpty(now)) return;
    if (!isBlank(now)) note(changes, path, "ADD", replaces(field, now));
    return;
  }
  if (typeof now === "symbol") {
    note(changes, path, "UPDATE", field.forceNew === true);
    return;
  }
  if (isBlank(now) && typeof now === "object") {
    if (!field.computed) note(changes, path, "DELETE", replaces(field, old));
    return;
  }
  diffPresent(field, old, now, path, changes);
}

function diffPresent(field: Field, old: Plain, now: Plain, path: string, changes: Changes): void {
  switch (field.type) {
    case "map":
      diffMap(field, old as Props, now as Props, path, changes);
      break;
    case "object":
      Object.assign(changes, diffFields(field.fields ?? {}, old as Props, now as Props, path));
      break;
    case "list":
      diffList(field, old as Plain[], now as Plain[], path, changes);
      break;
    case "set":
      diffSet(field, old as Plain[], now as Plain[], path, changes);
      break;
    default: {
      const same = field.same?.(old, now) ?? String(old) === String(now);
      if (!same) note(changes, path, "UPDATE", field.forceNew === true);
    }
  }
}

function diffMap(field: Field, old: Props, now: Props, path: string, changes: Changes): void {
  const replace = field.forceNew === true;
  for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
    const at = joinPath(path, key);
    if (!(key in now)) note(changes, at, "DELETE", replace);
    else if (!(key in old)) note(changes, at, "ADD", replace);
    else if (old[key] !== now[key]) note(changes, at, "UPDATE", replace);
  }
}

function diffList(field: Field, old: Plain[], now: Plain[], path: string, changes: Changes): void {
  for (let index = 0; index < Math.max(old.length, now.length); index++) {
    diffElement(field, old[index], now[index], `${path}[${index}]`, changes);
  }
}

function diffElement(field: Field, old: Plain, now: Plain, path: string, changes: Changes): void {
  const elem = field.elem as Field;
  const inherited = elem.type === "object" ? elem : { ...elem, forceNew: field.forceNew === true };
  if (now === undefined) note(changes, path, "DELETE", field.forceNew === true || replaces(elem, old));
  else if (old === undefined) note(changes, path, "ADD", field.forceNew === true || replaces(elem, now));
  else diffValue(inherited, old, now, path, changes);
}

/** Order means nothing: what both have is left out, the rest is paired by its place. */
function diffSet(field: Field, old: Plain[], now: Plain[], path: string, changes: Changes): void {
  const equal = (a: Plain, b: Plain): boolean => {
    const scratch: Changes = {};
    diffValue(field.elem as Field, a, b, "x", scratch);
    return Object.keys(scratch).length === 0;
  };
  const places = Math.max(old.length, now.length);
  for (let index = 0; index < places; index++) {
    const before = old[index];
    const after = now[index];
    const removed = before !== undefined && !now.some((item) => equal(before, item)) ? before : undefined;
    const added = after !== undefined && !old.some((item) => equal(item, after)) ? after : undefined;
    if (removed === undefined && added === undefined) continue;
    diffElement(field, removed, added, `${path}[${index}]`, changes);
  }
}

function note(changes: Changes, path: string, kind: "ADD" | "DELETE" | "UPDATE", replace: boolean): void {
  changes[path] = (replace ? `${kind}_REPLACE` : kind) as DiffKind;
}

/** Whether the coming or going of the whole value replaces: by its own rule or by one of its parts'. */
function replaces(field: Field, value: Plain): boolean {
  if (field.forceNew) return true;
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some((item) => field.elem && replaces(field.elem, item));
  return Object.entries(field.fields ?? {}).some(
    ([key, part]) => !isEmpty(value[key]) && value[key] !== part.default && replaces(part, value[key]),
  );
}

/** Terraform's old state can't tell a zero value from none. */
function isEmpty(value: Plain): boolean {
  if (value === undefined || value === null || value === "" || value === false || value === 0) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** A wanted value that asks for nothing. */
function isBlank(value: Plain): boolean {
  return value !== false && value !== 0 && isEmpty(value);
}
