import * as pulumi from "@pulumi/pulumi";

/** One resource as the program registered it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

/** What the engine was told about a resource besides its inputs. */
export interface RegisteredOptions {
  readonly parent: string;
  readonly dependencies: readonly string[];
  readonly deleteBeforeReplace: boolean;
  readonly protect: boolean;
  readonly ignoreChanges: readonly string[];
  readonly replaceOnChanges: readonly string[];
  readonly replaceWith: readonly string[];
  readonly replacementTrigger: unknown;
}

/** Everything a program registered. */
export interface Graph {
  readonly resources: Registered[];
  readonly options: Map<string, RegisteredOptions>;
  /** By a plugin's name, which versions of it were asked for: an extra one would be another provider and process. */
  readonly versions: ReadonlyMap<string, ReadonlySet<string>>;
  readonly warnings: readonly string[];
  /** What every membership phase prints. */
  readonly memberList: string;
  /** What a component registered as its outputs. */
  outputsOf(name: string): Record<string, unknown>;
  /** What the program returned: its exports. */
  readonly exported: unknown;
  byType(suffix: string): Registered[];
  one(name: string): Registered;
  optionsOf(name: string): RegisteredOptions;
}

const MEMBER_LIST =
  "3a57933972cb5131, started, controller-2, https://10.240.0.12:2380, https://10.240.0.12:2379, false\n";

/** Outputs that a provider would compute; made up from the name, so that a mix-up shows. */
function computed(type: string, name: string, inputs: Record<string, unknown>): Record<string, unknown> {
  const base = { ...inputs, selfLink: `https://www.googleapis.com/compute/v1/${name}` };
  if (type.endsWith(":PrivateKey")) {
    return {
      ...base,
      privateKeyPem: `KEY(${name})`,
      privateKeyOpenssh: `SSHKEY(${name})`,
      publicKeyOpenssh: `ssh-ed25519 PUBLIC(${name})\n`,
    };
  }
  if (type.endsWith("Cert")) return { ...base, certPem: `CERT(${name})\n`, validityEndTime: `END(${name})` };
  if (type.endsWith(":CertRequest")) return { ...base, certRequestPem: `CSR(${name})` };
  if (type.endsWith(":Account")) return { ...base, email: `${name}@p.iam.gserviceaccount.com` };
  if (type.endsWith(":Address")) return { ...base, address: inputs.address ?? `address-of-${name}` };
  if (type.endsWith(":Instance")) return { ...base, instanceId: `id-of-${name}` };
  if (type.endsWith(":Stash")) return { ...base, output: inputs.input };
  if (type.endsWith(":Command")) return { ...base, stdout: MEMBER_LIST, stderr: "" };
  return base;
}

/** What Google Cloud answers to a look-up. @throws Error as the provider does. */
export type Cloud = (token: string, asked: Record<string, string>) => Record<string, unknown>;

/** One that has every image and machine type, and VMs that run and do not say what they are made of. */
export const CLOUD: Cloud = (token, asked) => {
  if (token.endsWith(":getInstance")) return { ...asked, currentStatus: "RUNNING" };
  if (token.endsWith(":getDisk")) throw new Error(`${asked.name} not found`);
  if (token.endsWith(":getMachineTypes")) return { ...asked, machineTypes: [{ name: "any" }] };
  return { ...asked, selfLink: "any" };
};

/** The SDK reads a failed call's words where gRPC has them. */
function asRpc<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw Object.assign(error as Error, { details: (error as Error).message });
  }
}

/**
 * Runs `program` against Pulumi's mocks and returns what it registered.
 * Secrets arrive as the mocks see them: wrapped, so {@link reveal} shows the plain value.
 *
 * @param otherStack the outputs of every stack that the program refers to.
 */
export async function graphOf(
  program: () => unknown,
  otherStack: Readonly<Record<string, unknown>> = {},
  cloud: Cloud = CLOUD,
): Promise<Graph> {
  const resources: Registered[] = [];
  const options = new Map<string, RegisteredOptions>();
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        resources.push({ type, name, inputs });
        const outputs = type === "pulumi:pulumi:StackReference" ? { outputs: otherStack } : {};
        return { id: `${name}-id`, state: { ...computed(type, name, inputs), ...outputs } };
      },
      call: ({ token, inputs }) => asRpc(() => cloud(token, inputs)),
    },
    "etcd-on-gce",
    "test",
    false,
    "organization",
  );
  const outputs = new Map<string, Record<string, unknown>>();
  const versions = new Map<string, Set<string>>();
  spyOnRegistrations(options, outputs, versions);
  const warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue();
  const exported = await withoutStacks(async () => {
    const result = await program();
    await pulumi.runtime.disconnect();
    return result;
  });
  const warnings = warn.mock.calls.map(([message]) => message);
  warn.mockRestore();
  const one = (name: string) => {
    // A component's main child has its name; the test means the child.
    const found = resources.filter((r) => r.name === name && !r.type.startsWith("etcd-on-gce:"));
    if (found.length !== 1) throw new Error(`${found.length} resources are named ${name}`);
    return found[0] as Registered;
  };
  return {
    resources,
    options,
    versions,
    warnings,
    exported,
    memberList: MEMBER_LIST,
    outputsOf: (name) => outputs.get(name) ?? {},
    byType: (suffix) => resources.filter((r) => r.type.endsWith(suffix)),
    one,
    optionsOf: (name) => {
      const found = options.get(name);
      if (!found) throw new Error(`no options recorded for ${name}`);
      return found;
    },
  };
}

/** The mocks are not told about options: read them from the registration itself. */
function spyOnRegistrations(
  options: Map<string, RegisteredOptions>,
  outputs: Map<string, Record<string, unknown>>,
  versions: Map<string, Set<string>>,
): void {
  const monitor = pulumi.runtime.getMonitor() as unknown as {
    registerResource(request: RegistrationRequest, callback: unknown): void;
    invoke(request: InvokeRequest, callback: unknown): void;
    registerResourceOutputs(request: OutputsRequest, callback: unknown): void;
  };
  // No documented interface: this is written against @pulumi/pulumi 3.248.0.
  if (typeof monitor.registerResource !== "function")
    throw new Error("the mocks' monitor has no registerResource");
  const note = (token: string, version: string) => {
    const [plugin = ""] = token.split(":");
    versions.set(plugin, (versions.get(plugin) ?? new Set()).add(version));
  };
  const originalInvoke = monitor.invoke.bind(monitor);
  monitor.invoke = (request, callback) => {
    note(request.getTok(), request.getVersion());
    originalInvoke(request, callback);
  };
  const original = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    note(request.getType(), request.getVersion());
    options.set(request.getName(), {
      parent: nameOf(request.getParent()),
      dependencies: request.getDependenciesList().map(nameOf),
      deleteBeforeReplace: request.getDeletebeforereplace(),
      protect: request.getProtect(),
      ignoreChanges: request.getIgnorechangesList(),
      replaceOnChanges: request.getReplaceonchangesList(),
      replaceWith: request.getReplaceWithList().map(nameOf),
      replacementTrigger: request.getReplacementTrigger()?.toJavaScript(),
    });
    original(request, callback);
  };
  const originalOutputs = monitor.registerResourceOutputs.bind(monitor);
  monitor.registerResourceOutputs = (request, callback) => {
    outputs.set(nameOf(request.getUrn()), request.getOutputs().toJavaScript());
    originalOutputs(request, callback);
  };
}

interface OutputsRequest {
  getUrn(): string;
  getOutputs(): { toJavaScript(): Record<string, unknown> };
}

interface InvokeRequest {
  getTok(): string;
  getVersion(): string;
}

interface RegistrationRequest {
  getName(): string;
  getType(): string;
  getVersion(): string;
  getParent(): string;
  getDependenciesList(): string[];
  getDeletebeforereplace(): boolean;
  getProtect(): boolean;
  getIgnorechangesList(): string[];
  getReplaceonchangesList(): string[];
  getReplaceWithList(): string[];
  getReplacementTrigger(): { toJavaScript(): unknown } | undefined;
}

function nameOf(urn: string): string {
  return urn.split("::").pop() ?? "";
}

/** Pulumi's SDK takes a stack trace for each promise that it makes, and Jest looks up the source of each frame. */
async function withoutStacks<T>(work: () => Promise<T>): Promise<T> {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return await work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
