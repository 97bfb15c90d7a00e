import { createHash } from "node:crypto";
import { nameOfUrn } from "../schema/naming";
import type { Props, ResourceSchema } from "../schema/types";
import { normalize } from "./normalize";
import { validate } from "./validate";

/** Checks inputs: types, defaults, an automatic name, and every rule of the schema. */
export function checkInputs(
  schema: ResourceSchema,
  urn: string,
  olds: Props,
  news: Props,
  randomSeed: Uint8Array,
): { inputs: Props; failures: { property: string; reason: string }[] } {
  const inputs = normalize(schema.fields, news);
  if (schema.autoName && inputs.name === undefined) {
    inputs.name = keptName(olds) ?? autoName(nameOfUrn(urn), randomSeed);
    inputs.__defaults = [...(inputs.__defaults as string[]), "name"].sort();
  }
  const failures = validate(schema, inputs, nameOfUrn(urn)).map((reason) => ({ property: "", reason }));
  return { inputs, failures };
}

/** An automatic name stays for the resource's life. */
function keptName(olds: Props): string | undefined {
  const automatic = Array.isArray(olds.__defaults) && olds.__defaults.includes("name");
  return automatic && typeof olds.name === "string" ? olds.name : undefined;
}

function autoName(name: string, randomSeed: Uint8Array): string {
  const digits = createHash("sha256").update(randomSeed).digest("hex").slice(0, 7);
  return `${name.toLowerCase().slice(0, 63 - 8)}-${digits}`;
}
