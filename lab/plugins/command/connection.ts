import { type CheckFailure, hasUnknown, type PropertyMap, plain, type Value } from "../framework";

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
  /** Failed attempts before giving up; negative never gives up. */
  readonly dialErrorLimit: number;
  readonly perDialTimeout: number;
}

/** The server to run commands on, and the one to go through. */
export interface Connection extends Endpoint {
  readonly proxy?: Endpoint;
}

const FIELDS: Readonly<Record<string, "string" | "int" | "object">> = {
  agentSocketPath: "string",
  dialErrorLimit: "int",
  host: "string",
  hostKey: "string",
  password: "string",
  perDialTimeout: "int",
  port: "int",
  privateKey: "string",
  privateKeyPassword: "string",
  user: "string",
};
const DEFAULTS = { dialErrorLimit: 10, perDialTimeout: 15, port: 22, user: "root" };

/** Fills in what the official plugin fills in. */
export function withDefaults(connection: PropertyMap): PropertyMap {
  const proxy = connection.proxy;
  const filled = { ...DEFAULTS, ...connection };
  if (typeof proxy !== "object" || proxy === null || Array.isArray(proxy)) return filled;
  return { ...filled, proxy: { ...DEFAULTS, ...(proxy as PropertyMap) } };
}

/** Problems of a connection in the official plugin's words, at most one failure for the property. */
export function checkConnection(value: Value): CheckFailure[] {
  if (value === undefined) {
    return [
      { property: "connection", reason: "Missing required field 'connection' on 'remote.CommandInputs'" },
    ];
  }
  if (hasUnknown(value) && typeof plain(value) !== "object") return [];
  const problems = problemsOf(plain<Record<string, unknown>>(value), "remote.Connection");
  if (problems.length === 0) return [];
  const reason = `An error occurred decoding 'CommandInputs.connection': ${problems.length} failures decoding:\n\t${problems.join("\n\t")}`;
  return [{ property: "connection", reason }];
}

function problemsOf(connection: Record<string, unknown>, on: string): string[] {
  const problems: string[] = [];
  if (connection.host === undefined) problems.push(`host: Missing required field 'host' on '${on}'`);
  for (const [name, value] of Object.entries(connection)) {
    if (name === "proxy" && on === "remote.Connection") {
      problems.push(...problemsOf(value as Record<string, unknown>, "remote.ProxyConnection"));
      continue;
    }
    const type = FIELDS[name];
    if (!type) problems.push(`${name}: Unrecognized field '${name}' on '${on}'`);
    else if (typeof value !== "symbol" && typeof value !== (type === "int" ? "number" : "string")) {
      problems.push(
        `${name}: Field '${name}' on '${on}' must be a '${type}'; got '${goType(value)}' instead`,
      );
    }
  }
  return problems;
}

/** Names a value's type as Go does, which the official plugin is written in. */
export function goType(value: unknown): string {
  if (typeof value === "number") return "float64";
  if (typeof value === "boolean") return "bool";
  if (Array.isArray(value)) return "[]interface {}";
  return typeof value === "object" ? "map[string]interface {}" : typeof value;
}
