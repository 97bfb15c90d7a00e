import { joinPath, tfName } from "../schema/naming";
import type { Field, Fields, Plain, Props, ResourceSchema } from "../schema/types";

/** Every reason why normalized inputs are refused, in the official plugin's words. */
export function validate(schema: ResourceSchema, inputs: Props, name: string): string[] {
  const problems: string[] = [];
  const report: Report = (reason, path) => problems.push(`${reason}. Examine values at '${name}.${path}'.`);
  validateObject(schema.fields, inputs, { property: "", tf: "", top: "" }, report);
  validateCombinations(schema, inputs, report);
  return problems;
}

type Report = (reason: string, path: string) => void;

/** One place in two notations; `top` is the top-level property it belongs to. */
interface Where {
  readonly property: string;
  readonly tf: string;
  readonly top: string;
}

function validateObject(fields: Fields, value: Props, where: Where, report: Report): void {
  for (const key of Object.keys(value)) {
    if (key !== "__defaults" && !fields[key]) {
      report("Invalid or unknown key", joinPath(where.property, key));
    }
  }
  const inOrder = Object.entries(fields).sort(([a, fieldA], [b, fieldB]) =>
    tfName(a, fieldA) < tfName(b, fieldB) ? -1 : 1,
  );
  for (const [key, field] of inOrder) {
    const tf = where.tf === "" ? tfName(key, field) : `${where.tf}.${tfName(key, field)}`;
    const property = joinPath(where.property, key);
    validateField(field, value[key], { property, tf, top: where.top || key }, report);
  }
}

function validateField(field: Field, value: Plain, where: Where, report: Report): void {
  const missing = value === undefined || (Array.isArray(value) && value.length === 0);
  if (missing) {
    if (field.required) {
      const reason = `Missing required argument. The argument "${where.tf}" is required, but no definition was found.`;
      report(reason, where.top);
    }
    return;
  }
  if (field.output) {
    const reason =
      `Value for unconfigurable attribute. Can't configure a value for "${where.tf}": ` +
      "its value will be decided automatically based on the result of applying this configuration.";
    report(reason, where.property);
    return;
  }
  if (field.notInLab && !isZero(value)) {
    report(`"${where.tf}" is not implemented by the lab`, where.property);
    return;
  }
  validateValue(field, value, where, report);
}

function validateValue(field: Field, value: Plain, where: Where, report: Report): void {
  if (typeof value === "symbol") return;
  if (field.type === "object") {
    validateObject(field.fields ?? {}, value as Props, { ...where, tf: `${where.tf}.0` }, report);
  } else if (field.type === "list" || field.type === "set") {
    (value as Plain[]).forEach((item, index) => {
      const at = { ...where, property: `${where.property}[${index}]`, tf: `${where.tf}.${index}` };
      const elem = field.elem as Field;
      if (elem.type === "object" && typeof item === "object") {
        validateObject(elem.fields ?? {}, item as Props, at, report);
      } else validateValue(elem, item, at, report);
    });
  } else if (field.type === "bool" && typeof value === "string") {
    const parse = `strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`;
    report(`cannot parse '' as bool: ${parse}`, where.property);
  } else if (field.type === "int" && !Number.isInteger(value)) {
    report(`"${where.tf}" must be a whole number, got ${String(value)}`, where.property);
  } else if (typeof value === "string" || typeof value === "number") {
    for (const reason of field.validate?.(value, where.tf) ?? []) report(reason, where.property);
  }
}

function validateCombinations(schema: ResourceSchema, inputs: Props, report: Report): void {
  const nameIn = (key: string) => tfName(key, schema.fields[key] as Field);
  const given = (key: string) => inputs[key] !== undefined;
  const oneOf = schema.exactlyOneOf ?? [];
  const all = oneOf.map(nameIn).join(",");
  const found = oneOf.filter(given);
  if (oneOf.length > 0 && found.length !== 1) {
    const what =
      found.length === 0
        ? `one of \`${all}\` must be specified`
        : `only one of \`${all}\` can be specified, but \`${found.map(nameIn).join(",")}\` were specified.`;
    for (const key of found.length === 0 ? oneOf : found) {
      report(`Invalid combination of arguments. "${nameIn(key)}": ${what}`, key);
    }
  }
  for (const [key, others] of Object.entries(schema.conflicts ?? {})) {
    for (const other of others.filter(given)) {
      if (!given(key)) continue;
      report(`Conflicting configuration arguments. "${nameIn(key)}": conflicts with ${nameIn(other)}`, key);
    }
  }
}

function isZero(value: Plain): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === false || value === "" || value === 0;
}
