import { UNKNOWN } from "../../framework";
import type { Field, Fields, Plain, Props } from "../schema/types";

/**
 * What the resource is going to be: the inputs, Terraform's own defaults, and for what the cloud decides the
 * old state, or unknown when there is none.
 */
export function plan(fields: Fields, news: Props, olds?: Props): Props {
  const planned: Props = {};
  for (const [key, field] of Object.entries(fields)) {
    const value = planValue(field, news[key], olds?.[key], olds !== undefined);
    if (value !== undefined) planned[key] = value;
  }
  return planned;
}

function planValue(field: Field, wanted: Plain, old: Plain, exists: boolean): Plain {
  if (field.output || (wanted === undefined && field.computed))
    return exists && old !== undefined ? old : UNKNOWN;
  const now = wanted ?? field.default;
  if (now === undefined || typeof now === "symbol") return now;
  if (field.type === "object") {
    return plan(field.fields ?? {}, now as Props, asProps(old));
  }
  const elem = field.elem;
  if (Array.isArray(now) && elem?.type === "object") {
    const before = Array.isArray(old) && field.type === "list" ? old : [];
    return now.map((item, index) =>
      typeof item === "symbol" ? item : plan(elem.fields ?? {}, item as Props, asProps(before[index])),
    );
  }
  return now;
}

function asProps(value: Plain): Props | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
}

/** The plan without what is not known yet: what a resource is created or updated from. */
export function settle<T extends Plain>(value: T): T {
  if (Array.isArray(value)) return value.filter((item) => typeof item !== "symbol").map(settle) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, item]) => key !== "__defaults" && item !== undefined && typeof item !== "symbol")
      .map(([key, item]) => [key, settle(item)]),
  ) as T;
}
