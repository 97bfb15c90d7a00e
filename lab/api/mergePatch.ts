import { isObject } from "../../core/json";
import type { Resource } from "./store";

/** As Google's APIs store a body: a field that is null or an empty list is one that is not set. */
export function withoutUnset(body: Resource): Resource {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => !isUnset(value)));
}

/** A null anywhere in a body is a field that was not sent. */
export function withoutNulls<T>(value: T): T {
  if (Array.isArray(value)) return value.filter((element) => element !== null).map(withoutNulls) as T;
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(entries.map(([name, field]) => [name, withoutNulls(field)])) as T;
}

/** PATCH: objects are merged, lists and scalars replaced, and what is unset is removed. */
export function mergePatch(before: Resource, patch: Resource): Resource {
  const merged = Object.entries(patch).map(([field, value]) => {
    const old = before[field];
    return [field, isObject(value) && isObject(old) ? mergePatch(old, value) : value];
  });
  return withoutUnset({ ...before, ...Object.fromEntries(merged) });
}

/** True for null, undefined and an empty list. */
export function isUnset(value: unknown): boolean {
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0);
}
