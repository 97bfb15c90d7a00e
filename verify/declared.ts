import { type Member, parseMemberList } from "../core/contract/memberList";
import type { SshEndpoint } from "../core/contract/outputs";
import { record } from "../core/json";
import { parseCertificateFiles } from "../core/node/certificateFiles";
import { type NodeFile, parseNodeBundle } from "../core/node/nodeBundle";
import {
  COMMAND_TYPE,
  commandName,
  MEMBER_PHASES,
  type MemberPhase,
  type PhaseValues,
  parseCommandName,
  parsePhase,
} from "../core/node/phases";
import type { StateResource } from "../core/stackExport";

/** One member as the last `pulumi up` that reached it declared it. */
export interface DeclaredMember {
  /** `controller-0`… */
  readonly controller: string;
  readonly ip: string;
  /** The VM's numeric ID. */
  readonly instanceId: string;
  readonly version: string;
  /** Of the release's tarball. */
  readonly sha256: string;
  /** etcd's `--initial-cluster`. */
  readonly initialCluster: string;
  /** Scripts, unit and etcd.env, with the paths they were sent to. */
  readonly files: readonly NodeFile[];
  readonly certificates: { readonly ca: string; readonly cert: string; readonly key: string };
  /** How the node is reached, as its commands' `connection` says. */
  readonly ssh: SshEndpoint & { readonly bastion?: SshEndpoint };
  /** The name of the resource that, replaced, has every phase run again on this member. */
  readonly install: string;
}

/** The cluster as declared. */
export interface DeclaredCluster {
  /** Those that an `up` has brought through every phase at least once. */
  readonly members: readonly DeclaredMember[];
  /** The commands that are still to come of members that an `up` has begun with, as when growing was stopped. */
  readonly toCome: readonly string[];
  /** What the last phase printed. */
  readonly memberList: readonly Member[];
  /** The name of the resource that sends the last phase. */
  readonly membership: string;
  /** The output of that name: when each certificate expires, RFC 3339. */
  readonly certificateExpiry: Readonly<Record<string, string>>;
}

/**
 * What a stack's state declares.
 *
 * @throws Error when an `up` has not yet brought the cluster up to its end.
 */
export function declaredCluster(state: readonly StateResource[]): DeclaredCluster {
  const commands = new Map(state.filter(({ type }) => type === COMMAND_TYPE).map((r) => [r.name, r]));
  const membership = [...commands.values()].find(
    ({ name }) => parseCommandName(name)?.phase === "membership",
  );
  const list = membership?.outputs.stdout;
  if (!membership || typeof list !== "string")
    throw new Error("the stack has no member list yet; run `pulumi up` to its end first");
  const indexes = [...commands.keys()]
    .map(parseCommandName)
    .flatMap((command) => (command?.phase === "install" ? (command.index ?? []) : []))
    .sort((a, b) => a - b);
  const toCome = (index: number) =>
    MEMBER_PHASES.map((phase) => commandName(index, phase)).filter((name) => !commands.has(name));
  return {
    members: indexes
      .filter((index) => toCome(index).length === 0)
      .map((index) => declaredMember(commands, index)),
    toCome: indexes.flatMap(toCome),
    memberList: parseMemberList(list),
    membership: membership.name,
    certificateExpiry: expiry(state),
  };
}

function expiry(state: readonly StateResource[]): Readonly<Record<string, string>> {
  const stack = state.find(({ type }) => type === "pulumi:pulumi:Stack");
  return record(stack?.outputs.certificateExpiry) as Record<string, string>;
}

function declaredMember(commands: ReadonlyMap<string, StateResource>, index: number): DeclaredMember {
  const command = (phase: MemberPhase) => commands.get(commandName(index, phase)) as StateResource;
  const install = command("install");
  const converge = parsePhase("converge", lastCommand(command("converge")));
  const bundle = parseNodeBundle(text(install, "stdin"));
  const option = (name: keyof PhaseValues<"converge">) =>
    needed(converge?.[name], commandName(index, "converge"), `--${name}`);
  return {
    controller: option("name"),
    ip: option("ip"),
    instanceId: option("instance"),
    version: option("version"),
    sha256: needed(parsePhase("install", bundle.command)?.sha256, install.name, "--sha256"),
    initialCluster: option("members"),
    files: bundle.files,
    certificates: certificates(command("bootstrap")),
    ssh: ssh(install),
    install: install.name,
  };
}

/** `create` until the command has been updated once; both are the same text but for bootstrap's. */
function lastCommand(command: StateResource): string {
  return text(command, "update" in command.inputs ? "update" : "create");
}

function certificates(bootstrap: StateResource): DeclaredMember["certificates"] {
  const files = parseCertificateFiles(text(bootstrap, "stdin"));
  const file = (name: string) => needed(files[name], bootstrap.name, name);
  return { ca: file("ca.pem"), cert: file("kubernetes.pem"), key: file("kubernetes-key.pem") };
}

function ssh(command: StateResource): DeclaredMember["ssh"] {
  const connection = record(command.inputs.connection);
  const proxy = connection.proxy;
  return {
    ...endpoint(command.name, connection),
    ...(proxy ? { bastion: endpoint(command.name, record(proxy)) } : {}),
  };
}

function endpoint(name: string, from: Readonly<Record<string, unknown>>): SshEndpoint {
  const field = (key: string) => needed(from[key], name, `connection.${key}`);
  return {
    host: field("host"),
    port: Number(from.port ?? 22),
    user: field("user"),
    privateKey: field("privateKey"),
    hostKey: field("hostKey"),
  };
}

function text(command: StateResource, property: string): string {
  return needed(command.inputs[property], command.name, property);
}

function needed(value: unknown, resource: string, what: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw new Error(`the stack's state has no ${what} of ${resource}; run \`pulumi up\` to its end first`);
}
