import { parseArgs } from "node:util";
import execa from "execa";
import { isObject } from "../core/json";

const USAGE = `usage: npm run --silent recover -- [--stack STACK]

After a run that was killed: what Google was just making may be there, and the state does not know it. Puts it into
the state, for \`pulumi up --refresh\` to look at: what is there is kept, what is not is made.
`;

interface Resource {
  readonly urn: string;
  readonly type: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly dependencies?: readonly string[];
  readonly delete?: boolean;
  readonly pendingReplacement?: boolean;
}

interface Export {
  readonly deployment: {
    readonly resources?: readonly Resource[];
    readonly pending_operations?: readonly { readonly type: string; readonly resource: Resource }[];
  };
}

/** By type, the provider's ID of a resource: whole paths, since a name may be another project's. */
const IDS: Readonly<Record<string, (of: (input: string) => string) => string>> = {
  "gcp:compute/instance:Instance": (of) =>
    `projects/${of("project")}/zones/${of("zone")}/instances/${of("name")}`,
  "gcp:compute/disk:Disk": (of) => `projects/${of("project")}/zones/${of("zone")}/disks/${of("name")}`,
  "gcp:compute/address:Address": (of) =>
    `projects/${of("project")}/regions/${of("region")}/addresses/${of("name")}`,
  "gcp:compute/network:Network": (of) => `projects/${of("project")}/global/networks/${of("name")}`,
  "gcp:compute/subnetwork:Subnetwork": (of) =>
    `projects/${of("project")}/regions/${of("region")}/subnetworks/${of("name")}`,
  "gcp:compute/firewall:Firewall": (of) => `projects/${of("project")}/global/firewalls/${of("name")}`,
  "gcp:compute/router:Router": (of) =>
    `projects/${of("project")}/regions/${of("region")}/routers/${of("name")}`,
  "gcp:compute/routerNat:RouterNat": (of) => `${of("project")}/${of("region")}/${of("router")}/${of("name")}`,
  "gcp:serviceaccount/account:Account": (of) =>
    `projects/${of("project")}/serviceAccounts/${of("accountId")}@${of("project")}.iam.gserviceaccount.com`,
};

/** A stack's export with what was being made among its resources, and their URNs; nothing when nothing was. */
export function recovered(exported: string): { state: string; urns: string[] } | undefined {
  const stack = JSON.parse(exported) as Export;
  const { resources = [], pending_operations: pending = [] } = stack.deployment;
  if (pending.length === 0) return undefined;
  const provider = resources.findLast(({ type }) => type === "pulumi:providers:gcp");
  const made = pending.flatMap(({ type, resource }) => {
    const idOf = IDS[resource.type];
    if (type !== "creating" || !idOf) return [];
    const inputs = { project: provider?.inputs?.project, ...resource.inputs };
    return [{ ...resource, id: idOf((input) => text(inputs, input, resource.urn)), outputs: {} }];
  });
  const state = made.reduce<readonly Resource[]>(withResource, resources);
  // What else was under way is in the state as it was before; phases and keys leave nothing behind.
  const deployment = { ...stack.deployment, resources: state, pending_operations: [] };
  return { state: JSON.stringify({ ...stack, deployment }), urns: made.map(({ urn }) => urn) };
}

/** In the place of the one that it replaces, else at the end; an order of things is the next run's to tell again. */
function withResource(resources: readonly Resource[], made: Resource): Resource[] {
  const replaced = resources.findIndex(
    ({ urn, pendingReplacement }) => urn === made.urn && pendingReplacement,
  );
  const at = replaced < 0 ? resources.length : replaced;
  const before = resources.slice(0, at);
  const known = new Set(before.map(({ urn }) => urn));
  const { dependencies = [] } = made;
  const placed = {
    ...made,
    dependencies: dependencies.filter((urn) => known.has(urn)),
    propertyDependencies: {},
  };
  return [...before, placed, ...resources.slice(at + 1)];
}

function text(inputs: Readonly<Record<string, unknown>>, name: string, urn: string): string {
  const value = inputs[name];
  if (typeof value === "string") return value;
  throw new Error(
    `${urn}: its ${name} is ${isObject(value) ? "a secret or a map" : typeof value}, and no text`,
  );
}

/** What was done, to tell. @throws Error when the state cannot be read or written. */
export function recover(args: readonly string[]): string {
  const { values } = parseArgs({
    args: [...args],
    options: { stack: { type: "string", short: "s" }, help: { type: "boolean", short: "h", default: false } },
  });
  if (values.help) return USAGE;
  const choice = ["--non-interactive", ...(values.stack === undefined ? [] : ["--stack", values.stack])];
  const found = recovered(pulumi(["stack", "export", ...choice]));
  if (!found) return "Nothing was under way: run `pulumi up`.\n";
  // It refuses while somebody else works on the stack.
  pulumi(["stack", "import", ...choice], found.state);
  const list = found.urns.map((urn) => `  ${urn.split("::").pop()}\n`).join("");
  return `In the state now:\n${list || "  nothing that was not there\n"}Run \`pulumi up --refresh\`.\n`;
}

function pulumi(args: readonly string[], input = ""): string {
  const { stdout, stderr, exitCode } = execa.sync("pulumi", args, { reject: false, input });
  if (exitCode === 0) return stdout;
  throw new Error(`pulumi ${args[0]} ${args[1]}: ${stderr || "pulumi is not on the PATH"}`);
}

if (require.main === module) {
  try {
    process.stdout.write(recover(process.argv.slice(2)));
  } catch (error) {
    process.stderr.write(`etcd recover: ${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
