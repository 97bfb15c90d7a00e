import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { call, properties } from "./call";
import { Engine, type LogLine } from "./engine";
import { type PluginProcess, pluginExecutable, startPlugin } from "./plugin";
import type { WireMap } from "./wire";

/** The answer to Check. */
export interface Checked {
  readonly inputs: WireMap;
  readonly failures: readonly { property: string; reason: string }[];
}

/** The answer to Diff. */
export interface Difference {
  readonly changes: string;
  readonly diffs: readonly string[];
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
  readonly detailed: Readonly<Record<string, string>>;
}

/** A resource as the engine keeps it in a stack's state. */
export interface Resource {
  readonly id: string;
  /** As Check gave them. */
  readonly inputs: WireMap;
  readonly outputs: WireMap;
}

/** How to start a provider. */
export interface ProviderOptions {
  /** The provider's configuration. @default none */
  readonly config?: WireMap;
  /** Environment variables, besides the suite's own. @default none */
  readonly env?: NodeJS.ProcessEnv;
}

/** A running plugin, spoken to as the engine does. */
export class Provider {
  private constructor(
    private readonly client: ResourceProviderClient,
    private readonly engine: Engine,
    private readonly plugin: PluginProcess,
  ) {}

  /** Starts and configures a plugin by its name, for example `tls`. */
  static async start(name: string, { config = {}, env = {} }: ProviderOptions = {}): Promise<Provider> {
    const engine = new Engine();
    const address = await engine.start();
    // Whoever runs the suite may have an SSH agent; the command plugin would use it.
    const { SSH_AUTH_SOCK: _, ...inherited } = process.env;
    const plugin = await startPlugin(pluginExecutable(name), address, { ...inherited, ...env }).catch(
      (error: unknown) => {
        engine.stop();
        throw error;
      },
    );
    const credentials = grpc.credentials.createInsecure();
    const client = new ResourceProviderClient(`127.0.0.1:${plugin.port}`, credentials);
    const provider = new Provider(client, engine, plugin);
    await provider.configure(config);
    return provider;
  }

  /** What the plugin has logged so far. */
  get log(): readonly LogLine[] {
    return this.engine.lines;
  }

  async stop(): Promise<void> {
    this.client.close();
    await this.plugin.stop();
    this.engine.stop();
  }

  async check(type: string, news: WireMap, name = "r"): Promise<Checked> {
    const request = new pb.CheckRequest();
    identify(request, type, name);
    request.setOlds(struct({}));
    request.setNews(struct(news));
    request.setRandomseed(new Uint8Array(32));
    const response = await call<pb.CheckResponse>((done) => this.client.check(request, done));
    return {
      inputs: properties(response.getInputs()),
      failures: failuresOf(response.getFailuresList()),
    };
  }

  async diff(type: string, old: Resource, news: WireMap): Promise<Difference> {
    const request = new pb.DiffRequest();
    identify(request, type, "r");
    request.setId(old.id);
    request.setOldInputs(struct(old.inputs));
    request.setOlds(struct(old.outputs));
    request.setNews(struct(news));
    const response = await call<pb.DiffResponse>((done) => this.client.diff(request, done));
    const detailed: Record<string, string> = {};
    response.getDetaileddiffMap().forEach((diff, path) => {
      const kinds = Object.entries(pb.PropertyDiff.Kind);
      detailed[path] = kinds.find(([, value]) => value === diff.getKind())?.[0] ?? "UNKNOWN";
    });
    return {
      changes: response.getChanges() === pb.DiffResponse.DiffChanges.DIFF_NONE ? "NONE" : "SOME",
      diffs: response.getDiffsList(),
      replaces: response.getReplacesList(),
      deleteBeforeReplace: response.getDeletebeforereplace(),
      detailed,
    };
  }

  /** Creates a resource from checked inputs. */
  async create(
    type: string,
    inputs: WireMap,
    { name = "r", preview = false, timeoutSeconds = 0 } = {},
  ): Promise<Resource> {
    const request = new pb.CreateRequest();
    identify(request, type, name);
    request.setProperties(struct(inputs));
    request.setPreview(preview);
    request.setTimeout(timeoutSeconds);
    const response = await call<pb.CreateResponse>((done) => this.client.create(request, done));
    return { id: response.getId(), inputs, outputs: properties(response.getProperties()) };
  }

  /** Checks and creates, as an `up` does; refused inputs are an error. */
  async make(type: string, news: WireMap, name = "r"): Promise<Resource> {
    const { inputs, failures } = await this.check(type, news, name);
    if (failures.length > 0) throw new Error(`check failed: ${JSON.stringify(failures)}`);
    return this.create(type, inputs, { name });
  }

  /** Reads a resource again, as a refresh does; undefined when it is gone. */
  async read(type: string, old: Resource): Promise<Resource | undefined> {
    const request = new pb.ReadRequest();
    identify(request, type, "r");
    request.setId(old.id);
    request.setInputs(struct(old.inputs));
    request.setProperties(struct(old.outputs));
    const response = await call<pb.ReadResponse>((done) => this.client.read(request, done));
    if (response.getId() === "") return undefined;
    return {
      id: response.getId(),
      inputs: properties(response.getInputs()),
      outputs: properties(response.getProperties()),
    };
  }

  async update(type: string, old: Resource, inputs: WireMap, { preview = false } = {}): Promise<Resource> {
    const request = new pb.UpdateRequest();
    identify(request, type, "r");
    request.setId(old.id);
    request.setOldInputs(struct(old.inputs));
    request.setOlds(struct(old.outputs));
    request.setNews(struct(inputs));
    request.setPreview(preview);
    const response = await call<pb.UpdateResponse>((done) => this.client.update(request, done));
    return { id: old.id, inputs, outputs: properties(response.getProperties()) };
  }

  async delete(type: string, old: Resource): Promise<void> {
    const request = new pb.DeleteRequest();
    identify(request, type, "r");
    request.setId(old.id);
    request.setOldInputs(struct(old.inputs));
    request.setProperties(struct(old.outputs));
    await call<Empty>((done) => this.client.delete(request, done));
  }

  /** Asks a function of the plugin's. */
  async invoke(
    token: string,
    args: WireMap,
  ): Promise<{ result: WireMap; failures: readonly { property: string; reason: string }[] }> {
    const request = new pb.InvokeRequest();
    request.setTok(token);
    request.setArgs(struct(args));
    const response = await call<pb.InvokeResponse>((done) => this.client.invoke(request, done));
    return { result: properties(response.getReturn()), failures: failuresOf(response.getFailuresList()) };
  }

  /** Asks the plugin to give up what it is doing. */
  async cancel(): Promise<void> {
    await call<Empty>((done) => this.client.cancel(new Empty(), done));
  }

  private async configure(config: WireMap): Promise<void> {
    const request = new pb.ConfigureRequest();
    request.setArgs(struct(config));
    request.setAcceptsecrets(true);
    request.setAcceptresources(true);
    request.setSendsOldInputs(true);
    request.setSendsOldInputsToDelete(true);
    for (const [key, value] of Object.entries(config)) {
      request.getVariablesMap().set(key, typeof value === "string" ? value : JSON.stringify(value));
    }
    await call<pb.ConfigureResponse>((done) => this.client.configure(request, done));
  }
}

function identify(
  request: { setUrn(urn: string): unknown; setName(name: string): unknown; setType(type: string): unknown },
  type: string,
  name: string,
): void {
  request.setUrn(`urn:pulumi:dev::proj::${type}::${name}`);
  request.setName(name);
  request.setType(type);
}

function failuresOf(failures: pb.CheckFailure[]): { property: string; reason: string }[] {
  return failures.map((failure) => ({ property: failure.getProperty(), reason: failure.getReason() }));
}

function struct(map: WireMap): Struct {
  return Struct.fromJavaScript(map as { [key: string]: JavaScriptValue });
}
