import type * as grpc from "@grpc/grpc-js";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { WireMap } from "./wire";

/** A call that failed, and what the engine is to keep of the resource, where something is there. */
export class OperationFailed extends Error {
  constructor(
    message: string,
    readonly partial?: { readonly id: string; readonly outputs: WireMap },
  ) {
    super(message);
  }
}

/** A unary call as a promise; it fails with the plugin's own words. */
export function call<Response>(
  start: (done: (error: grpc.ServiceError | null, response: Response) => void) => unknown,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    start((error, response) => (error ? reject(operationFailed(error)) : resolve(response)));
  });
}

function operationFailed({ details, metadata }: grpc.ServiceError): OperationFailed {
  const [encoded] = metadata?.get("grpc-status-details-bin") ?? [];
  const [any] = encoded instanceof Buffer ? Status.deserializeBinary(encoded).getDetailsList() : [];
  const left = any?.unpack(pb.ErrorResourceInitFailed.deserializeBinary, "pulumirpc.ErrorResourceInitFailed");
  return new OperationFailed(
    details,
    left ? { id: left.getId(), outputs: properties(left.getProperties()) } : undefined,
  );
}

/** A message's properties. */
export function properties(from: Struct | undefined): WireMap {
  return (from?.toJavaScript() ?? {}) as WireMap;
}
