import type { Field } from "./types";

/** Terraform's name of a property. */
export function tfName(property: string, field: Field): string {
  return field.tf ?? property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The path of a map's key or an object's property, as Pulumi writes it. */
export function joinPath(parent: string, key: string): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${parent}[${JSON.stringify(key)}]`;
  return parent === "" ? key : `${parent}.${key}`;
}

/** The resource's name, which is the last part of its URN. */
export function nameOfUrn(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}
