import type * as grpc from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { EngineLog } from "./engineLog";
import { partialFailure } from "./partialFailure";
import {
  type CheckFailure,
  type Context,
  PartialError,
  type PluginDefinition,
  type ResourceHandler,
} from "./resource";
import { unary } from "./unary";
import { decodeMap, encode, type PropertyMap } from "./values";

/** The provider protocol (proto/pulumi/provider.proto) on top of a plugin's resource handlers. */
export class ProviderService {
  private readonly cancelled = new AbortController();

  constructor(
    private readonly plugin: PluginDefinition,
    private readonly log: EngineLog,
  ) {}

  /** One entry for each call of the protocol that the engine makes to a plugin without a schema of its own. */
  methods(): grpc.UntypedServiceImplementation {
    return {
      handshake: unary((request: pb.ProviderHandshakeRequest) => this.handshake(request)),
      attach: unary(async (request: { getAddress(): string }) => {
        this.log.attach(request.getAddress());
        return new Empty();
      }),
      getPluginInfo: unary(async () => {
        const info = new PluginInfo();
        info.setVersion(this.plugin.version);
        return info;
      }),
      getSchema: unary(async () => {
        const response = new pb.GetSchemaResponse();
        response.setSchema(JSON.stringify({ name: this.plugin.name, version: this.plugin.version }));
        return response;
      }),
      checkConfig: unary((request: pb.CheckRequest) => this.checkConfig(request)),
      diffConfig: unary(async () => diffResponse("NONE")),
      configure: unary((request: pb.ConfigureRequest) => this.configure(request)),
      check: unary((request: pb.CheckRequest) => this.check(request)),
      diff: unary((request: pb.DiffRequest) => this.diff(request)),
      create: unary((request: pb.CreateRequest) => this.create(request)),
      read: unary((request: pb.ReadRequest) => this.read(request)),
      update: unary((request: pb.UpdateRequest) => this.update(request)),
      delete: unary((request: pb.DeleteRequest) => this.delete(request)),
      invoke: unary((request: pb.InvokeRequest) => this.invoke(request)),
      cancel: unary(async () => {
        this.cancelled.abort();
        return new Empty();
      }),
    };
  }

  private async handshake(request: pb.ProviderHandshakeRequest): Promise<pb.ProviderHandshakeResponse> {
    this.log.attach(request.getEngineAddress());
    const response = new pb.ProviderHandshakeResponse();
    response.setAcceptSecrets(true);
    response.setAcceptResources(true);
    return response;
  }

  private async checkConfig(request: pb.CheckRequest): Promise<pb.CheckResponse> {
    const response = new pb.CheckResponse();
    response.setInputs(request.getNews());
    return response;
  }

  private async configure(request: pb.ConfigureRequest): Promise<pb.ConfigureResponse> {
    await this.plugin.configure(decodeMap(request.getArgs()?.toJavaScript()));
    const response = new pb.ConfigureResponse();
    response.setAcceptsecrets(true);
    response.setAcceptresources(true);
    response.setSupportspreview(true);
    return response;
  }

  private async check(request: pb.CheckRequest): Promise<pb.CheckResponse> {
    const urn = request.getUrn();
    const result = await this.handler(urn).check({
      urn,
      olds: decodeMap(request.getOlds()?.toJavaScript()),
      news: decodeMap(request.getNews()?.toJavaScript()),
      randomSeed: request.getRandomseed_asU8(),
    });
    const response = new pb.CheckResponse();
    response.setInputs(struct(result.inputs));
    response.setFailuresList(result.failures.map(checkFailure));
    return response;
  }

  private async diff(request: pb.DiffRequest): Promise<pb.DiffResponse> {
    const urn = request.getUrn();
    const result = await this.handler(urn).diff({
      urn,
      id: request.getId(),
      oldInputs: decodeMap(request.getOldInputs()?.toJavaScript()),
      olds: decodeMap(request.getOlds()?.toJavaScript()),
      news: decodeMap(request.getNews()?.toJavaScript()),
    });
    const response = diffResponse(result.changes);
    const ignored = new Set(request.getIgnorechangesList());
    response.setDiffsList(result.diffs.filter((property) => !ignored.has(property)));
    response.setReplacesList([...result.replaces]);
    response.setDeletebeforereplace(result.deleteBeforeReplace);
    response.setHasdetaileddiff(Object.keys(result.detailed).length > 0);
    for (const [path, kind] of Object.entries(result.detailed)) {
      const detail = new pb.PropertyDiff();
      detail.setKind(pb.PropertyDiff.Kind[kind]);
      response.getDetaileddiffMap().set(path, detail);
    }
    return response;
  }

  private async create(request: pb.CreateRequest): Promise<pb.CreateResponse> {
    const news = decodeMap(request.getProperties()?.toJavaScript());
    const context = this.context(request.getUrn(), request.getPreview(), request.getTimeout());
    const result = await reportPartial(news, () => this.handler(request.getUrn()).create({ news }, context));
    const response = new pb.CreateResponse();
    response.setId(result.id);
    response.setProperties(struct(result.outputs));
    return response;
  }

  private async read(request: pb.ReadRequest): Promise<pb.ReadResponse> {
    const handler = this.handler(request.getUrn());
    const inputs = decodeMap(request.getInputs()?.toJavaScript());
    const olds = decodeMap(request.getProperties()?.toJavaScript());
    const known = { id: request.getId(), inputs, outputs: olds };
    const found = handler.read
      ? await handler.read({ id: request.getId(), inputs, olds }, this.context(request.getUrn(), false, 0))
      : known;
    const response = new pb.ReadResponse();
    if (found) {
      response.setId(found.id);
      response.setInputs(struct(found.inputs));
      response.setProperties(struct(found.outputs));
    }
    return response;
  }

  private async update(request: pb.UpdateRequest): Promise<pb.UpdateResponse> {
    const news = decodeMap(request.getNews()?.toJavaScript());
    const change = {
      id: request.getId(),
      oldInputs: decodeMap(request.getOldInputs()?.toJavaScript()),
      olds: decodeMap(request.getOlds()?.toJavaScript()),
      news,
    };
    const context = this.context(request.getUrn(), request.getPreview(), request.getTimeout());
    const result = await reportPartial(news, () => this.handler(request.getUrn()).update(change, context));
    const response = new pb.UpdateResponse();
    response.setProperties(struct(result.outputs));
    return response;
  }

  private async delete(request: pb.DeleteRequest): Promise<Empty> {
    const last = {
      id: request.getId(),
      oldInputs: decodeMap(request.getOldInputs()?.toJavaScript()),
      olds: decodeMap(request.getProperties()?.toJavaScript()),
    };
    await this.handler(request.getUrn()).delete(
      last,
      this.context(request.getUrn(), false, request.getTimeout()),
    );
    return new Empty();
  }

  private async invoke(request: pb.InvokeRequest): Promise<pb.InvokeResponse> {
    const functions = this.plugin.functions ?? [];
    const found = functions.find(({ token }) => token === request.getTok());
    if (!found) {
      const known = functions.map(({ token }) => token).join(", ") || "none";
      throw new Error(`the stand-in for ${this.plugin.name} has no ${request.getTok()}; it has ${known}`);
    }
    const args = decodeMap(request.getArgs()?.toJavaScript());
    const { result = {}, failures = [] } = await found.invoke(args, { timeoutSeconds: 0 });
    const response = new pb.InvokeResponse();
    response.setReturn(struct(result));
    response.setFailuresList(failures.map(checkFailure));
    return response;
  }

  private context(urn: string, preview: boolean, timeoutSeconds: number): Context {
    return {
      urn,
      preview,
      timeoutSeconds,
      signal: this.cancelled.signal,
      log: (severity, message) => this.log.write(urn, severity, message),
    };
  }

  private handler(urn: string): ResourceHandler {
    const type = urn.split("::")[2]?.split("$").pop() ?? "";
    const handler = this.plugin.resources.find((resource) => resource.type === type);
    if (handler) return handler;
    const known = this.plugin.resources.map((resource) => resource.type).join(", ");
    throw new Error(`the stand-in for ${this.plugin.name} has no ${type}; it has ${known}`);
  }
}

async function reportPartial<T>(news: PropertyMap, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof PartialError)) throw error;
    throw partialFailure(error, struct(news), struct(error.partial.outputs));
  }
}

function struct(map: PropertyMap): Struct {
  return Struct.fromJavaScript(encode(map) as { [key: string]: JavaScriptValue });
}

function checkFailure({ property, reason }: CheckFailure): pb.CheckFailure {
  const failure = new pb.CheckFailure();
  failure.setProperty(property);
  failure.setReason(reason);
  return failure;
}

function diffResponse(changes: "NONE" | "SOME"): pb.DiffResponse {
  const response = new pb.DiffResponse();
  const { DIFF_NONE, DIFF_SOME } = pb.DiffResponse.DiffChanges;
  response.setChanges(changes === "NONE" ? DIFF_NONE : DIFF_SOME);
  return response;
}
