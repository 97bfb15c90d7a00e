/** A property's value as handlers see it. */
export type Value =
  | undefined
  | null
  | boolean
  | number
  | string
  | Secret
  | typeof UNKNOWN
  | typeof UNKNOWN_SECRET
  | Value[]
  | { [key: string]: Value };

export type PropertyMap = { [key: string]: Value };

/** A value that the engine keeps encrypted. */
export class Secret {
  constructor(readonly value: Value) {}
}

/** A value that a preview does not know yet. */
export const UNKNOWN: unique symbol = Symbol("unknown");

/** A value that is secret once it is known, as pulumi-go-provider says it; only for the wire. */
export const UNKNOWN_SECRET: unique symbol = Symbol("unknown secret");

// The engine's wire format: sdk/go/common/resource/plugin/rpc.go and sdk/nodejs/runtime/rpc.ts.
const SIG = "4dabf18193072939515e22adb298388d";
const SECRET_SIG = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT_SIG = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** From plain JSON off the wire to handlers' values. */
export function decode(wire: unknown): Value {
  if (wire === UNKNOWN_TEXT) return UNKNOWN;
  if (Array.isArray(wire)) return wire.map(decode);
  if (typeof wire !== "object" || wire === null) return wire as Value;
  const map = wire as Record<string, unknown>;
  if (map[SIG] === SECRET_SIG) return new Secret(decode(map.value));
  if (map[SIG] === OUTPUT_SIG) {
    const value = "value" in map ? decode(map.value) : UNKNOWN;
    return map.secret === true ? new Secret(value) : value;
  }
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, decode(value)]));
}

/** {@link decode} for a whole property map. */
export function decodeMap(wire: unknown): PropertyMap {
  return (decode(wire ?? {}) ?? {}) as PropertyMap;
}

/** From handlers' values to plain JSON for the wire; undefined properties are left out. */
export function encode(value: Value): unknown {
  if (value === UNKNOWN) return UNKNOWN_TEXT;
  if (value === UNKNOWN_SECRET) return { [SIG]: OUTPUT_SIG, secret: true };
  if (value instanceof Secret) return { [SIG]: SECRET_SIG, value: encode(value.value) };
  if (Array.isArray(value)) return value.map((element) => encode(element) ?? null);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, element]) => element !== undefined);
  return Object.fromEntries(entries.map(([key, element]) => [key, encode(element)]));
}

/** The value without any secret wrapping, at every depth. */
export function plain<T = unknown>(value: Value): T {
  if (value instanceof Secret) return plain(value.value);
  if (Array.isArray(value)) return value.map((element) => plain(element)) as T;
  if (typeof value !== "object" || value === null) return value as T;
  return Object.fromEntries(Object.entries(value).map(([key, element]) => [key, plain(element)])) as T;
}

/** True when an unknown is anywhere in the value. */
export function hasUnknown(value: Value): boolean {
  if (value === UNKNOWN) return true;
  if (value instanceof Secret) return hasUnknown(value.value);
  if (Array.isArray(value)) return value.some(hasUnknown);
  return typeof value === "object" && value !== null && Object.values(value).some(hasUnknown);
}

/** True when a secret is anywhere in the value. */
export function hasSecret(value: Value): boolean {
  if (value instanceof Secret) return true;
  if (Array.isArray(value)) return value.some(hasSecret);
  return typeof value === "object" && value !== null && Object.values(value).some(hasSecret);
}

/** Equality of the plain values. */
export function equal(a: Value, b: Value): boolean {
  return canonical(plain(a)) === canonical(plain(b));
}

function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_key, element: unknown) => {
      if (typeof element === "symbol") return UNKNOWN_TEXT;
      if (typeof element !== "object" || element === null || Array.isArray(element)) return element;
      return Object.fromEntries(Object.entries(element).sort(([x], [y]) => (x < y ? -1 : 1)));
    }) ?? "undefined"
  );
}
