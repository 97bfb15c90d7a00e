import * as grpc from "@grpc/grpc-js";

/** An asynchronous function as the handler of a gRPC call; an error keeps its code and details, where it has some. */
export function unary<Request, Response>(
  handle: (request: Request) => Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    handle(call.request).then(
      (response) => callback(null, response),
      (error: unknown) => {
        const { code, metadata, message } = error as Partial<grpc.ServiceError>;
        callback({
          code: code ?? grpc.status.UNKNOWN,
          details: message ?? String(error),
          ...(metadata ? { metadata } : {}),
        });
      },
    );
  };
}
