import { type PropertyMap, Secret, type Value } from "../../framework";
import type { Plain, Props } from "../schema/types";

/** Where secrets lie in a value. */
export type SecretPaths = (string | number)[][];

/** The value without its secret marks, and where they were. */
export function stripSecrets(map: PropertyMap): { props: Props; secrets: SecretPaths } {
  const secrets: SecretPaths = [];
  const strip = (value: Value, path: (string | number)[]): Plain => {
    if (value instanceof Secret) {
      secrets.push(path);
      return strip(value.value, path);
    }
    if (Array.isArray(value)) return value.map((item, index) => strip(item, [...path, index]));
    if (typeof value === "object" && value !== null) {
      return Object.fromEntries(
        Object.entries(value as PropertyMap).map(([key, item]) => [key, strip(item, [...path, key])]),
      );
    }
    return value as Plain;
  };
  return { props: strip(map as Value, []) as Props, secrets };
}

/** Marks the values at the paths as secret; a path that does not exist is ignored. */
export function markSecrets(props: Props, secrets: SecretPaths): PropertyMap {
  const result = structuredCloneWithSymbols(props) as PropertyMap;
  // Deepest first, so that an outer mark wraps an inner one.
  for (const path of [...secrets].sort((a, b) => b.length - a.length)) {
    let holder: unknown = result;
    for (const key of path.slice(0, -1)) holder = isHolder(holder) ? holder[key] : undefined;
    const last = path.at(-1);
    if (last === undefined || !isHolder(holder)) continue;
    const value = holder[last];
    if (value === undefined || value === null || value instanceof Secret) continue;
    holder[last] = new Secret(value as Value);
  }
  return result;
}

function isHolder(value: unknown): value is Record<string | number, unknown> {
  return typeof value === "object" && value !== null && !(value instanceof Secret);
}

function structuredCloneWithSymbols(value: Plain): Plain {
  if (Array.isArray(value)) return value.map(structuredCloneWithSymbols);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => [key, structuredCloneWithSymbols(item)]),
    );
  }
  return value;
}
