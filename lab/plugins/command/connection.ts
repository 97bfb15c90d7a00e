import { type PropertyMap, Secret, UNKNOWN, UNKNOWN_SECRET, type Value } from "../framework";
import type { Shape } from "./decode";

/** How to reach one SSH server, with the plugin's defaults filled in. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string;
  readonly privateKey?: string;
  readonly privateKeyPassword?: string;
  /** authorized_keys format; without it the server's key is not verified, as in the official plugin. */
  readonly hostKey?: string;
  /** An SSH agent's socket; the one of SSH_AUTH_SOCK where this is not set. */
  readonly agentSocketPath?: string;
  /** Failed attempts that are followed by another one; negative never gives up. */
  readonly dialErrorLimit: number;
  /** For the TCP connection only, in seconds; 0 sets no limit. */
  readonly perDialTimeout: number;
}

/** The server to run commands on, and the one to go through. */
export interface Connection extends Endpoint {
  readonly proxy?: Endpoint;
}

const ENDPOINT = {
  user: "string",
  password: "string",
  host: "string",
  port: "float64",
  privateKey: "string",
  privateKeyPassword: "string",
  agentSocketPath: "string",
  dialErrorLimit: "int",
  perDialTimeout: "int",
  hostKey: "string",
} as const;
const PROXY: Shape = { name: "remote.ProxyConnection", required: ["host"], fields: ENDPOINT };

/** A connection's properties, as the official plugin has them. */
export const CONNECTION: Shape = {
  name: "remote.Connection",
  required: ["host"],
  fields: { proxy: PROXY, ...ENDPOINT },
};

const DEFAULTS = { dialErrorLimit: 10, perDialTimeout: 15, port: 22, user: "root" };
const SECRETS = ["password", "privateKey", "privateKeyPassword"];

/** Marks what the official plugin keeps secret. */
export function withSecrets(connection: Value): Value {
  return inObject(connection, (map) => ({
    ...Object.fromEntries(
      Object.entries(map).map(([name, value]) => [name, SECRETS.includes(name) ? asSecret(value) : value]),
    ),
    ...(map.proxy === undefined ? {} : { proxy: withSecrets(map.proxy) }),
  }));
}

/** Leaves out the properties that are null, which is all that a refused connection loses. */
export function withoutNulls(connection: Value): Value {
  return inObject(connection, (map) =>
    Object.fromEntries(
      Object.entries(map).flatMap(([name, value]) => (value === null ? [] : [[name, withoutNulls(value)]])),
    ),
  );
}

/** Fills in what the official plugin fills in. */
export function withDefaults(connection: Value): Value {
  return inObject(connection, (map) => {
    const given = Object.entries(map).filter(([, value]) => value !== undefined && value !== null);
    const filled: PropertyMap = { ...DEFAULTS, ...Object.fromEntries(given.map(truncated)) };
    return filled.proxy === undefined ? filled : { ...filled, proxy: withDefaults(filled.proxy) };
  });
}

/** The value as a secret, without wrapping it twice. */
export function asSecret(value: Value): Value {
  const bare = value instanceof Secret ? value.value : value;
  return bare === UNKNOWN ? UNKNOWN_SECRET : new Secret(bare);
}

/** Go's conversion of a number to an int. */
function truncated([name, value]: [string, Value]): [string, Value] {
  const isInt = ENDPOINT[name as keyof typeof ENDPOINT] === "int";
  return [name, isInt && typeof value === "number" ? Math.trunc(value) : value];
}

function inObject(value: Value, change: (map: PropertyMap) => Value): Value {
  if (value instanceof Secret) return new Secret(inObject(value.value, change));
  if (value === UNKNOWN || typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return change(value);
}
