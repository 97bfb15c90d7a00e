import * as grpc from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { PartialError } from "./resource";

/** The gRPC error by which a plugin tells the engine to save a half-made resource. */
export function partialFailure(error: PartialError, inputs: Struct, outputs: Struct): grpc.ServiceError {
  const detail = new ErrorResourceInitFailed();
  detail.setId(error.partial.id);
  detail.setInputs(inputs);
  detail.setProperties(outputs);
  detail.setReasonsList([error.message]);

  const any = new Any();
  any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(error.message);
  status.addDetails(any);

  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return Object.assign(new Error(error.message), {
    code: grpc.status.UNKNOWN,
    details: error.message,
    metadata,
  });
}
