/**
 * The engine's wire format of property values (sdk/go/common/resource/plugin/rpc.go in pulumi/pulumi), written
 * down here a second time on purpose: a suite that took the stand-ins' own codec could not find it wrong.
 */

/** A value as it travels: JSON, with secrets as marked objects and unknowns as a marked string. */
export type Wire = null | boolean | number | string | Wire[] | WireMap;

/** A resource's properties as they travel. */
export interface WireMap {
  [key: string]: Wire;
}

const SIG = "4dabf18193072939515e22adb298388d";
const OUTPUT_SIG = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const SECRET_SIG = "1b47061264138c4ac30d75fd1eb44270";

/** A value that a preview does not know yet. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A value that is secret once it is known. */
export const UNKNOWN_SECRET: WireMap = { [SIG]: OUTPUT_SIG, secret: true };

/** The value without the properties that are null; nothing for a null. */
export function withoutNulls(value: Wire | undefined): Wire | undefined {
  if (value === null || value === undefined) return undefined;
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, element]) => {
      const kept = withoutNulls(element);
      return kept === undefined ? [] : [[name, kept]];
    }),
  );
}

/** Marks a value as secret. */
export function secret(value: Wire): WireMap {
  return { [SIG]: SECRET_SIG, value };
}

/** The value inside a secret, or undefined where the value is not marked as one. */
export function unsecret(value: Wire | undefined): Wire | undefined {
  return isMap(value) && value[SIG] === SECRET_SIG ? value.value : undefined;
}

/** The value with every string in it replaced. */
export function mapStrings(value: Wire, replace: (text: string, key: string) => string, key = ""): Wire {
  if (typeof value === "string") return replace(value, key);
  if (Array.isArray(value)) return value.map((element) => mapStrings(element, replace, key));
  if (!isMap(value)) return value;
  return Object.fromEntries(
    // A secret's string still belongs to the property that holds the secret.
    Object.entries(value).map(([name, element]) => [
      name,
      mapStrings(element, replace, SIG in value ? key : name),
    ]),
  );
}

function isMap(value: Wire | undefined): value is WireMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
