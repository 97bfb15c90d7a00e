import { randomBytes } from "node:crypto";
import {
  type CheckFailure,
  type Context,
  type DiffKind,
  type DiffResult,
  equal,
  hasUnknown,
  NO_DIFF,
  type PropertyMap,
  plain,
  type ResourceHandler,
  Secret,
  UNKNOWN,
  type Value,
} from "../framework";
import { type Connection, checkConnection, goType, withDefaults } from "./connection";
import { run } from "./run";

const TYPES: Readonly<Record<string, "string" | "bool" | "list" | "map" | "connection">> = {
  addPreviousOutputInEnv: "bool",
  connection: "connection",
  create: "string",
  delete: "string",
  environment: "map",
  logging: "string",
  stdin: "string",
  triggers: "list",
  update: "string",
};

interface Inputs {
  readonly connection: Connection;
  readonly create?: string;
  readonly update?: string;
  readonly delete?: string;
  readonly stdin?: string;
  readonly environment?: Record<string, string>;
  readonly logging?: string;
  readonly addPreviousOutputInEnv?: boolean;
}

export const remoteCommand: ResourceHandler = {
  type: "command:remote:Command",
  check: async ({ news }) => check(news),
  diff: async ({ oldInputs, news }) => diff(oldInputs, news),
  create: async ({ news }, context) => {
    const id = `r${randomBytes(4).toString("hex")}`;
    if (context.preview) return { id, outputs: previewed(news) };
    return { id, outputs: await execute(news, "create", undefined, context) };
  },
  update: async ({ olds, news }, context) => {
    if (context.preview) return { outputs: previewed(news) };
    const verb = plain<Inputs>(news).update === undefined ? "create" : "update";
    return { outputs: await execute(news, verb, olds, context) };
  },
  delete: async ({ olds }, context) => {
    if (plain<Inputs>(olds).delete !== undefined) await execute(olds, "delete", olds, context);
  },
};

function check(news: PropertyMap): { inputs: PropertyMap; failures: CheckFailure[] } {
  const failures: CheckFailure[] = checkConnection(news.connection);
  for (const [name, value] of Object.entries(news)) {
    const type = TYPES[name];
    const got = plain(value);
    if (!type) {
      failures.push({ property: name, reason: `Unrecognized field '${name}' on 'remote.CommandInputs'` });
    } else if (type !== "connection" && !hasUnknown(value) && !hasType(got, type)) {
      const reason = `Field '${name}' on 'remote.CommandInputs' must be a '${type}'; got '${goType(got)}' instead`;
      failures.push({ property: name, reason });
    }
  }
  const connection = news.connection instanceof Secret ? news.connection.value : news.connection;
  if (typeof connection !== "object" || connection === null) return { inputs: news, failures };
  const filled = failures.length > 0 ? (connection as PropertyMap) : withDefaults(connection as PropertyMap);
  return { inputs: { ...news, connection: new Secret(filled) }, failures };
}

function hasType(value: unknown, type: string): boolean {
  if (type === "list") return Array.isArray(value);
  if (type === "map") return typeof value === "object" && value !== null && !Array.isArray(value);
  return typeof value === (type === "bool" ? "boolean" : "string");
}

function diff(oldInputs: PropertyMap, news: PropertyMap): DiffResult {
  const detailed: Record<string, DiffKind> = {};
  for (const name of Object.keys(TYPES)) {
    if (equal(oldInputs[name], news[name])) continue;
    Object.assign(
      detailed,
      name === "triggers" ? triggersDiff(oldInputs, news) : { [name]: kind(oldInputs[name], news[name]) },
    );
  }
  const paths = Object.keys(detailed);
  if (paths.length === 0) return NO_DIFF;
  const replaces = paths.filter((path) => detailed[path]?.endsWith("_REPLACE"));
  return {
    changes: "SOME",
    diffs: [...new Set(paths.map((path) => path.replace(/\[.*/, "")))],
    replaces,
    deleteBeforeReplace: false,
    detailed,
  };
}

function kind(before: Value, after: Value): DiffKind {
  if (before === undefined) return "ADD";
  return after === undefined ? "DELETE" : "UPDATE";
}

/** As recorded: only adding or removing the whole list replaces; a changed element is an update. */
function triggersDiff(oldInputs: PropertyMap, news: PropertyMap): Record<string, DiffKind> {
  const before = oldInputs.triggers;
  const after = news.triggers;
  if (before === undefined) return { triggers: "ADD_REPLACE" };
  if (after === undefined) return { triggers: "DELETE_REPLACE" };
  const [x, y] = [plain<unknown[]>(before), plain<unknown[]>(after)];
  const detailed: Record<string, DiffKind> = {};
  for (let i = 0; i < Math.max(x.length, y.length); i++) {
    if (JSON.stringify(x[i]) !== JSON.stringify(y[i])) {
      detailed[`triggers[${i}]`] = i >= x.length ? "ADD" : i >= y.length ? "DELETE" : "UPDATE";
    }
  }
  return detailed;
}

/** Before it has run, a command's outputs are unknown. */
function previewed(news: PropertyMap): PropertyMap {
  return { ...news, stdout: UNKNOWN, stderr: UNKNOWN };
}

async function execute(
  inputs: PropertyMap,
  verb: "create" | "update" | "delete",
  olds: PropertyMap | undefined,
  context: Context,
): Promise<PropertyMap> {
  const declared = plain<Inputs>(inputs);
  const command = declared[verb];
  if (command === undefined) return { ...inputs, stdout: "", stderr: "" };
  const logging = declared.logging ?? "stdoutAndStderr";
  const { stdout, stderr } = await run({
    connection: declared.connection,
    command,
    stdin: declared.stdin,
    environment: { ...declared.environment, ...previousOutputs(declared, olds) },
    signal: context.signal,
    onLine: (stream, line) => {
      if (logging === stream || logging === "stdoutAndStderr") context.log("info", line);
    },
  });
  return { ...inputs, stdout, stderr };
}

function previousOutputs(declared: Inputs, olds: PropertyMap | undefined): Record<string, string> {
  if (declared.addPreviousOutputInEnv === false || !olds) return {};
  const { stdout, stderr } = plain<{ stdout?: string; stderr?: string }>(olds);
  return {
    ...(stdout ? { PULUMI_COMMAND_STDOUT: stdout } : {}),
    ...(stderr ? { PULUMI_COMMAND_STDERR: stderr } : {}),
  };
}
