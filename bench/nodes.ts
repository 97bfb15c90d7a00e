import { z } from "zod";
import { parseCertificateFiles } from "../core/node/certificateFiles";
import { parseCommandOptions } from "../core/node/shell";
import { readStackExport } from "../core/stackExport";

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
    if (type === "command:remote:Command" && /^member-\d+-(install|bootstrap)$/.test(name))
      commands.set(name, CommandInputs.parse(inputs));
  }
  const bundle = commands.get("member-0-install")?.stdin ?? "";
  const [url, version] = [optionOf(bundle, "url"), optionOf(bundle, "version")];
  const members = [...commands].filter(([name]) => name.endsWith("-bootstrap"));
  const nodes = members.map(([name, { connection, stdin }]) => {
    const node = name.replace(/^member-(\d+)-bootstrap$/, "controller-$1");
    return { ...connection, name: node, certificates: parseCertificateFiles(stdin) };
  });
  return { nodes: nodes.sort((a, b) => a.name.localeCompare(b.name)), url, version };
}

function optionOf(bundle: string, option: string): string {
  const value = parseCommandOptions(bundle)[option];
  if (!value) throw new Error(`the state has no install Command of member-0 with --${option}`);
  return value;
}
