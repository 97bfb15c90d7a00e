import { etcdctlCommand } from "./etcdctl";

/** What a person has asked for. */
export interface Request {
  /** @default the selected stack */
  readonly stack: string | undefined;
  readonly controller: string;
  readonly isInside: boolean;
  /** For the controller's shell; none is a login. */
  readonly command: string | undefined;
}

/** A command line that cannot be understood. */
export class UsageError extends Error {}

export const USAGE = `usage: npm run ssh -- [--stack STACK] [--inside] CONTROLLER [COMMAND…]
       npm run etcdctl -- [--stack STACK] [--inside] [--on CONTROLLER] ARGUMENT…
  --inside  dial the internal address: from the VPC, or over a VPN`;

/**
 * Reads a command line. Flags of our own come first; what follows is the controller's.
 *
 * @throws UsageError
 */
export function parseRequest(tool: string, argv: readonly string[]): Request {
  const { flags, rest } = takeFlags(argv);
  const { stack, isInside = false, on = "controller-0" } = flags;
  if (tool === "etcdctl") {
    if (rest.length === 0) throw new UsageError("what shall etcdctl do? For example: member list");
    return { stack, isInside, controller: on, command: etcdctlCommand(rest) };
  }
  const [controller, ...command] = rest;
  if (!controller) throw new UsageError("which controller? For example: controller-0");
  return { stack, isInside, controller, command: command.length > 0 ? command.join(" ") : undefined };
}

interface Flags {
  stack?: string;
  on?: string;
  isInside?: boolean;
}

function takeFlags(argv: readonly string[]): { flags: Flags; rest: string[] } {
  const flags: Flags = {};
  const rest = [...argv];
  while (rest[0]?.startsWith("-")) {
    const [flag = "", joined] = (rest.shift() as string).split(/=(.*)/s);
    if (flag === "--inside") flags.isInside = true;
    else if (flag === "--stack" || flag === "-s" || flag === "--on") {
      const value = joined ?? rest.shift();
      if (!value) throw new UsageError(`${flag}: which one?`);
      flags[flag === "--on" ? "on" : "stack"] = value;
    } else throw new UsageError(`${flag}: there is no such flag`);
  }
  return { flags, rest };
}
