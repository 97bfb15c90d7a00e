import type { JsonName } from "@peculiar/x509";

/** Distinguished name fields by the provider's property, in the order in which Go encodes them. */
const FIELDS: readonly (readonly [property: string, attribute: string])[] = [
  ["country", "C"],
  ["organization", "O"],
  ["organizationalUnit", "OU"],
  ["locality", "L"],
  ["province", "ST"],
  ["streetAddresses", "2.5.4.9"],
  ["postalCode", "2.5.4.17"],
  ["commonName", "CN"],
  ["serialNumber", "2.5.4.5"],
  ["emailAddress", "E"],
];

/** The provider's `subject` as a distinguished name. */
export function toName(subject: Readonly<Record<string, string | string[]>> | undefined): JsonName {
  return FIELDS.flatMap(([property, attribute]) => {
    const value = subject?.[property];
    if (value === undefined || value.length === 0) return [];
    return [{ [attribute]: Array.isArray(value) ? value : [value] }];
  });
}
