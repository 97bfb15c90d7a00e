import { crc32 } from "node:zlib";
import type { Place } from "../schema/links";
import type { Field, Fields, Json, JsonObject, Plain, Props, RestMapping } from "../schema/types";

/** The properties as the body of a request; `only` limits it to some of them. */
export function toRest(
  fields: Fields,
  props: Props,
  place: Place,
  only?: (property: string) => boolean,
  absent: (field: Field) => Json = (field) => field.absent,
): JsonObject {
  const body: JsonObject = {};
  for (const [key, field] of Object.entries(fields)) {
    if (field.output || field.rest === false || (only && !only(key))) continue;
    const given = field.notInLab ? undefined : restValue(field, props[key], place);
    const value = given === undefined ? absent(field) : given;
    if (value !== undefined) put(body, restPath(key, field).split("."), value);
  }
  return body;
}

/** The properties that an answer stands for. */
export function fromRest(fields: Fields, answer: JsonObject): Props {
  const props: Props = {};
  for (const [key, field] of Object.entries(fields)) {
    if (field.rest === false && !field.notInLab) continue;
    if (field.notInLab) {
      if (field.default !== undefined && !field.deprecated) props[key] = field.default;
      continue;
    }
    const value =
      plainValue(field, pick(answer, restPath(key, field).split("."))) ?? field.default ?? zero(field);
    if (value !== undefined) props[key] = value;
  }
  return props;
}

/** A text that is the cloud's to say and that it does not say is empty in Terraform's state, never absent. */
function zero({ type, computed }: Field): Plain {
  return type === "string" && computed ? "" : undefined;
}

function restPath(key: string, field: Field): string {
  if (typeof field.rest === "string") return field.rest;
  return mappingOf(field).path ?? key;
}

function mappingOf(field: Field): RestMapping {
  return typeof field.rest === "object" ? field.rest : {};
}

function restValue(field: Field, value: Plain, place: Place): Json {
  if (value === undefined || value === null || typeof value === "symbol") return undefined;
  if (value === "" && field.computed) return undefined;
  const convert = mappingOf(field).toRest;
  if (convert) return convert(value, place);
  if (field.type === "object") return toRest(field.fields ?? {}, value as Props, place);
  if (Array.isArray(value)) {
    const elem = field.elem as Field;
    const items = field.type === "set" ? inSetOrder(value) : value;
    return items.map((item) => restValue(elem, item, place)).filter((item) => item !== undefined);
  }
  return value as Json;
}

/** A set of texts goes out in the order of their hashes, as text: Terraform keeps it so. */
export function inSetOrder(items: Plain[]): Plain[] {
  if (!items.every((item) => typeof item === "string")) return items;
  const hash = (item: string) => String(crc32(item));
  return [...(items as string[])].sort((a, b) => (hash(a) < hash(b) ? -1 : 1));
}

function plainValue(field: Field, value: Json): Plain {
  if (value === undefined || value === null) return undefined;
  const convert = mappingOf(field).fromRest;
  if (convert) return convert(value);
  if (field.type === "object") return fromRest(field.fields ?? {}, value as JsonObject);
  if (Array.isArray(value)) {
    const elem = field.elem as Field;
    return value.map((item) => plainValue(elem, item));
  }
  if (field.type === "int" || field.type === "float") return Number(value);
  return value as Plain;
}

function put(body: JsonObject, path: string[], value: Json): void {
  const [head = "", ...rest] = path;
  if (rest.length === 0) {
    body[head] = value;
    return;
  }
  const inner = (body[head] ?? {}) as JsonObject;
  body[head] = inner;
  put(inner, rest, value);
}

function pick(answer: Json, path: string[]): Json {
  let value: Json = answer;
  for (const key of path) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    value = value[key];
  }
  return value;
}
