import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { GetRootResourceResponse, type LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

/** One line that a plugin logged. */
export interface LogLine {
  readonly severity: string;
  readonly message: string;
  /** Shown while the operation runs only, and not kept. */
  readonly ephemeral: boolean;
}

/** What a plugin needs of an engine: somewhere to log to. */
export class Engine {
  private readonly server = new grpc.Server();
  readonly lines: LogLine[] = [];

  async start(): Promise<string> {
    this.server.addService(EngineService, {
      log: (call: { request: LogRequest }, callback: grpc.sendUnaryData<Empty>) => {
        this.lines.push(toLine(call.request));
        callback(null, new Empty());
      },
      getRootResource: (_: unknown, callback: grpc.sendUnaryData<GetRootResourceResponse>) =>
        callback(null, new GetRootResourceResponse()),
    });
    const port = await new Promise<number>((resolve, reject) => {
      this.server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    return `127.0.0.1:${port}`;
  }

  stop(): void {
    this.server.forceShutdown();
  }
}

function toLine(request: LogRequest): LogLine {
  const severity = Object.entries(LogSeverity).find(([, value]) => value === request.getSeverity())?.[0];
  return {
    severity: severity?.toLowerCase() ?? "unknown",
    message: request.getMessage(),
    ephemeral: request.getEphemeral(),
  };
}
