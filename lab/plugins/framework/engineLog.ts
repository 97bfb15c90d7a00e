import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

const SEVERITY = {
  debug: LogSeverity.DEBUG,
  info: LogSeverity.INFO,
  warning: LogSeverity.WARNING,
  error: LogSeverity.ERROR,
} as const;

/** The engine's log, which shows lines beside the resource they belong to. */
export class EngineLog {
  private client: EngineClient | undefined;

  constructor(address: string | undefined) {
    if (address) this.attach(address);
  }

  attach(address: string): void {
    this.client = new EngineClient(address, grpc.credentials.createInsecure());
  }

  write(urn: string, severity: keyof typeof SEVERITY, message: string): void {
    const request = new LogRequest();
    request.setUrn(urn);
    request.setSeverity(SEVERITY[severity]);
    request.setMessage(message);
    // A lost log line must not fail the operation.
    this.client?.log(request, () => undefined);
  }
}
