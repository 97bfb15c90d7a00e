import { isIP } from "node:net";
import type { Validator } from "./types";

/** One of the values; the list is shown as Go prints a slice of strings. */
export function oneOf(...allowed: string[]): Validator {
  return (value, path) =>
    allowed.includes(String(value))
      ? []
      : [`expected ${path} to be one of [${allowed.map((v) => JSON.stringify(v)).join(" ")}], got ${value}`];
}

/** As {@link oneOf}, for a generated schema, where the empty string is a value too. */
export const oneOfOrEmpty = (...allowed: string[]): Validator => oneOf(...allowed, "");

export function between(low: number, high: number): Validator {
  return (value, path) =>
    Number(value) >= low && Number(value) <= high
      ? []
      : [`expected ${path} to be in the range (${low} - ${high}), got ${value}`];
}

export function atLeast(low: number): Validator {
  return (value, path) =>
    Number(value) >= low ? [] : [`expected ${path} to be at least (${low}), got ${value}`];
}

/** The name rule of the generated resources. */
export const gceName: Validator = (value, path) => {
  const pattern = "^(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)$";
  return new RegExp(pattern).test(String(value))
    ? []
    : [`"${path}" ("${value}") doesn't match regexp "${pattern}"`];
};

/** The name rule of the hand-written resources. */
export function rfc1035Name(min: number, max: number): Validator {
  const pattern = "^[a-z]([-a-z0-9]*[a-z0-9])?$";
  return (value, path) => {
    const name = String(value);
    const problems: string[] = [];
    if (name.length < min || name.length > max) {
      problems.push(`"${path}" ("${name}") must be between ${min} and ${max} characters long`);
    }
    if (!new RegExp(pattern).test(name)) problems.push(`"${path}" ("${name}") must match regex "${pattern}"`);
    return problems;
  };
}

export const cidr: Validator = (value, path) => {
  const [address = "", length = "", ...rest] = String(value).split("/");
  const family = isIP(address);
  const bits = /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
  const valid = rest.length === 0 && family !== 0 && bits <= (family === 4 ? 32 : 128);
  return valid ? [] : [`"${path}" is not a valid IP CIDR range: invalid CIDR address: ${value}`];
};
