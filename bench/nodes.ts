import { z } from "zod";

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

const SECRET_SIGNATURE = "4dabf18193072939515e22adb298388d";

const Export = z.object({
  deployment: z.object({
    resources: z.array(z.object({ urn: z.string(), inputs: z.record(z.string(), z.unknown()).optional() })),
  }),
});

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
  for (const { urn, inputs } of Export.parse(JSON.parse(stackExport)).deployment.resources) {
    const name = /command:remote:Command::(member-\d+-(?:install|bootstrap))$/.exec(urn)?.[1];
    if (name) commands.set(name, CommandInputs.parse(inTheClear(inputs)));
  }
  const bundle = commands.get("member-0-install")?.stdin ?? "";
  const [url, version] = [optionOf(bundle, "url"), optionOf(bundle, "version")];
  const members = [...commands].filter(([name]) => name.endsWith("-bootstrap"));
  const nodes = members.map(([name, { connection, stdin }]) => {
    const node = name.replace(/^member-(\d+)-bootstrap$/, "controller-$1");
    return { ...connection, name: node, certificates: filesOf(stdin) };
  });
  return { nodes: nodes.sort((a, b) => a.name.localeCompare(b.name)), url, version };
}

/** A bootstrap's stdin: for each file a line `=== NAME` and its content. */
function filesOf(stdin: string): Record<string, string> {
  const parts = stdin.split(/^=== (.+)\n/m).slice(1);
  return Object.fromEntries(
    parts.flatMap((part, index) => (index % 2 === 0 ? [[part, parts[index + 1] ?? ""]] : [])),
  );
}

function optionOf(bundle: string, option: string): string {
  const value = new RegExp(`^ *--${option} ([\\w@%+=:,./-]+)`, "m").exec(bundle)?.[1];
  if (!value) throw new Error(`the state has no install Command of member-0 with --${option}`);
  return value;
}

function inTheClear(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inTheClear);
  if (typeof value !== "object" || value === null) return value;
  if (SECRET_SIGNATURE in value && "plaintext" in value)
    return inTheClear(JSON.parse(String(value.plaintext)));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inTheClear(inner)]));
}
