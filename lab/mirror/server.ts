import { createReadStream, existsSync, statSync } from "node:fs";
import { join, normalize } from "node:path";
import fastify, { type FastifyInstance } from "fastify";

/** Serves etcd releases in the official layout: /etcd/vX.Y.Z/etcd-vX.Y.Z-linux-ARCH.tar.gz and SHA256SUMS. */
export function createMirror(releasesDir: string): FastifyInstance {
  const app = fastify({ logger: false });
  app.get<{ Params: { "*": string } }>("/etcd/*", async (request, reply) => {
    const file = join(releasesDir, normalize(`/${request.params["*"]}`));
    if (!existsSync(file) || !statSync(file).isFile()) return reply.code(404).send("Not Found\n");
    return reply
      .type("application/octet-stream")
      .header("Content-Length", statSync(file).size)
      .send(createReadStream(file));
  });
  return app;
}
