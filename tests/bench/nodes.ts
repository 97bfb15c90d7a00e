import { z } from "zod";
import { controllerName } from "../../core/etcd/topology";
import { parseCertificateFiles } from "../../core/node/certificateFiles";
import { parseNodeBundle } from "../../core/node/nodeBundle";
import { COMMAND_TYPE, commandName, parseCommandName, parsePhase } from "../../core/node/phases";
import { readStackExport } from "../../core/stackExport";

/** How one node is reached, and its certificates. */
export interface Node {
  /** `controller-0`… */
  readonly name: string;
  readonly host: string;
  readonly user: string;
  readonly hostKey: string;
  readonly privateKey: string;
  /** Content by the file's name: `ca.pem`, `kubernetes.pem`, `kubernetes-key.pem`. */
  readonly certificates: Readonly<Record<string, string>>;
}

/** Everything that a bring-up by hand needs of the one by `pulumi up`. */
export interface Handover {
  readonly nodes: readonly Node[];
  /** Where the nodes download the release from, and its version. */
  readonly url: string;
  readonly version: string;
}

const CommandInputs = z.object({
  stdin: z.string(),
  connection: z.object({
    host: z.string(),
    user: z.string(),
    hostKey: z.string(),
    privateKey: z.string(),
  }),
});

/**
 * Reads what the members' Commands were given from `pulumi stack export --show-secrets`.
 *
 * @throws Error when it is not the state of a cluster.
 */
export function handoverOf(stackExport: string): Handover {
  const commands = new Map<string, z.infer<typeof CommandInputs>>();
  for (const { type, name, inputs } of readStackExport(stackExport)) {
    if (type === COMMAND_TYPE && ["install", "bootstrap"].includes(parseCommandName(name)?.phase ?? ""))
      commands.set(name, CommandInputs.parse(inputs));
  }
  const { url, version } = installed(commands.get(commandName(0, "install"))?.stdin);
  const nodes = [...commands].flatMap(([command, { connection, stdin }]) => {
    const { phase, index = 0 } = parseCommandName(command) ?? {};
    if (phase !== "bootstrap") return [];
    return [{ ...connection, name: controllerName(index), certificates: parseCertificateFiles(stdin) }];
  });
  return { nodes: nodes.sort((a, b) => a.name.localeCompare(b.name)), url, version };
}

function installed(bundle: string | undefined): { url: string; version: string } {
  const { url, version } = (bundle && parsePhase("install", parseNodeBundle(bundle).command)) || {};
  if (!url || !version)
    throw new Error("the state has no install Command of member-0 with --url and --version");
  return { url, version };
}
