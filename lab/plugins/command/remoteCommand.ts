import { randomBytes } from "node:crypto";
import {
  type CheckResult,
  type Context,
  type PropertyMap,
  plain,
  type ResourceHandler,
  UNKNOWN,
} from "../framework";
import { asSecret, CONNECTION, type Connection, withDefaults, withoutNulls, withSecrets } from "./connection";
import { failuresOf, type Shape } from "./decode";
import { diffInputs } from "./diff";
import { run } from "./run";

const INPUTS: Shape = {
  name: "remote.CommandInputs",
  required: ["connection"],
  fields: {
    stdin: "string",
    logging: "remote.Logging",
    connection: CONNECTION,
    environment: "map[string]string",
    addPreviousOutputInEnv: "bool",
    triggers: "[]interface {}",
    create: "string",
    update: "string",
    delete: "string",
  },
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

/** What a command printed when it last ran. */
interface Printed {
  readonly stdout: string;
  readonly stderr: string;
}

const NOTHING: Printed = { stdout: "", stderr: "" };

export const remoteCommand: ResourceHandler = {
  type: "command:remote:Command",
  check: async ({ news }) => check(news),
  diff: async ({ oldInputs, news }) => diffInputs(oldInputs, news),
  create: async ({ news }, context) => {
    const name = context.urn.split("::").pop() ?? "";
    const id = `${name}${randomBytes(4).toString("hex")}`;
    if (context.preview) return { id, outputs: previewed(news) };
    return {
      id,
      outputs: { ...news, ...(await execute(news, plain<Inputs>(news).create, NOTHING, context)) },
    };
  },
  update: async ({ olds, news }, context) => {
    if (context.preview) return { outputs: previewed(news) };
    const { update, create } = plain<Inputs>(news);
    return { outputs: { ...news, ...(await execute(news, update ?? create, printedBy(olds), context)) } };
  },
  delete: async ({ olds }, context) => {
    await execute(olds, plain<Inputs>(olds).delete, printedBy(olds), context);
  },
};

function check(news: PropertyMap): CheckResult {
  const failures = failuresOf(INPUTS, news);
  const inputs: PropertyMap = Object.fromEntries(Object.entries(news).filter(([, value]) => value !== null));
  if (inputs.connection !== undefined) {
    const complete = failures.length > 0 ? withoutNulls : withDefaults;
    inputs.connection = asSecret(withSecrets(complete(inputs.connection)));
  }
  return { inputs, failures };
}

/** Before it has run, a command's outputs are unknown. */
function previewed(news: PropertyMap): PropertyMap {
  return { ...news, stdout: UNKNOWN, stderr: UNKNOWN };
}

function printedBy(olds: PropertyMap): Printed {
  return { ...NOTHING, ...plain<Partial<Printed>>({ stdout: olds.stdout, stderr: olds.stderr }) };
}

async function execute(
  inputs: PropertyMap,
  command: string | undefined,
  last: Printed,
  context: Context,
): Promise<Printed> {
  if (command === undefined) return last;
  const { connection, stdin, environment = {}, logging, addPreviousOutputInEnv } = plain<Inputs>(inputs);
  const logs = (stream: string) =>
    logging === undefined || logging === stream || logging === "stdoutAndStderr";
  return run({
    connection,
    command,
    stdin,
    environment,
    previousOutputs: addPreviousOutputInEnv === false ? {} : asVariables(last),
    logged: { stdout: logs("stdout"), stderr: logs("stderr") },
    signal: dialSignal(context),
    log: (severity, message) => context.log(severity, message),
  });
}

function asVariables({ stdout, stderr }: Printed): Record<string, string> {
  return {
    ...(stdout ? { PULUMI_COMMAND_STDOUT: stdout } : {}),
    ...(stderr ? { PULUMI_COMMAND_STDERR: stderr } : {}),
  };
}

/** What ends the dialling: the engine's cancel or the resource's customTimeouts. Neither ends a running command. */
function dialSignal({ signal, timeoutSeconds }: Context): AbortSignal {
  if (timeoutSeconds <= 0) return signal;
  return AbortSignal.any([signal, AbortSignal.timeout(timeoutSeconds * 1000)]);
}
