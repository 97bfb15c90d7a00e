import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { EngineLog } from "./engineLog";
import type { PluginDefinition } from "./resource";
import { ProviderService } from "./service";

const NO_LIMIT = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };

/** Serves a plugin on a loopback port and tells the engine the port, as plugins do: as the first line of stdout. */
export async function servePlugin(plugin: PluginDefinition): Promise<void> {
  const server = new grpc.Server(NO_LIMIT);
  // The engine's address is the last argument; Attach can replace it.
  const log = new EngineLog(process.argv.slice(2).find((arg) => !arg.startsWith("-")));
  server.addService(ResourceProviderService, new ProviderService(plugin, log).methods());
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  process.stdout.write(`${port}\n`);
  // The engine ends plugins by a signal, or is gone: either way nothing is left to do.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(0));
}
