import { type CheckFailure, plain, Secret, UNKNOWN, type Value } from "../framework";
import { typeName } from "./go";

/** What a property must be, by the name that the official plugin's errors give it; a shape for an object. */
export type Type =
  | "string"
  | "bool"
  | "int"
  | "float64"
  | "remote.Logging"
  | "[]interface {}"
  | "map[string]string"
  | Shape;

/** An object's properties, in the order in which the official plugin looks at them. */
export interface Shape {
  readonly name: string;
  readonly required: readonly string[];
  readonly fields: Readonly<Record<string, Type>>;
}

/** What is wrong with an object, in the words of pulumi-go-provider, the official plugin's framework. */
export function failuresOf(shape: Shape, value: Record<string, Value>): CheckFailure[] {
  const failures = Object.entries(shape.fields).flatMap(([field, type]) =>
    failureOf(shape, field, type, value[field]),
  );
  const unknown = Object.keys(value).filter((field) => !(field in shape.fields));
  return [
    ...failures,
    ...unknown.sort().map((property) => ({
      property,
      reason: `Unrecognized field '${property}' on '${shape.name}'`,
    })),
  ];
}

function failureOf(shape: Shape, property: string, type: Type, given: Value): CheckFailure[] {
  const value = given instanceof Secret ? given.value : given;
  if (value === UNKNOWN) return [];
  if (value === undefined || value === null) {
    if (!shape.required.includes(property)) return [];
    return [{ property, reason: `Missing required field '${property}' on '${shape.name}'` }];
  }
  if (!hasType(value, type)) return [mistyped(shape, property, type, value)];
  if (typeof type === "object")
    return nested(shape, property, failuresOf(type, value as Record<string, Value>));
  if (type === "map[string]string") {
    const wrong = Object.entries(value as Record<string, Value>).find(
      ([, element]) => plain(element) !== UNKNOWN && typeof plain(element) !== "string",
    );
    if (wrong) return [mistyped(shape, `${property}[${wrong[0]}] value`, "string", plain(wrong[1]))];
  }
  return [];
}

function nested(shape: Shape, property: string, failures: readonly CheckFailure[]): CheckFailure[] {
  if (failures.length === 0) return [];
  const lines = failures.map((failure) => `\n\t${failure.property}: ${failure.reason}`).join("");
  const path = `${shape.name.replace(/^.*\./, "")}.${property}`;
  return [
    {
      property,
      reason: `An error occurred decoding '${path}': ${failures.length} failures decoding:${lines}`,
    },
  ];
}

function mistyped(shape: Shape, property: string, type: Type, value: Value): CheckFailure {
  const wanted = typeof type === "object" ? type.name : type;
  const reason = `Field '${property}' on '${shape.name}' must be a '${wanted}'; got '${typeName(value)}' instead`;
  return { property, reason };
}

function hasType(value: Value, type: Type): boolean {
  switch (type) {
    case "string":
    case "remote.Logging":
      return typeof value === "string";
    case "bool":
      return typeof value === "boolean";
    case "int":
    case "float64":
      return typeof value === "number";
    case "[]interface {}":
      return Array.isArray(value);
    default:
      return typeof value === "object" && !Array.isArray(value);
  }
}
