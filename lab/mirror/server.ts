import { createReadStream, existsSync, statSync } from "node:fs";
import { join, normalize } from "node:path";
import fastify, { type FastifyInstance } from "fastify";

/** Where the files are that the mirror serves. */
export interface MirrorDirectories {
  /** Served as /etcd/vX.Y.Z/etcd-vX.Y.Z-linux-ARCH.tar.gz and SHA256SUMS, as at GitHub. */
  readonly etcd: string;
  /** Served as /kubernetes/vX.Y.Z/bin/linux/ARCH/kube-apiserver, as at dl.k8s.io. */
  readonly kubernetes: string;
}

/** Serves releases in their official layouts. */
export function createMirror(directories: MirrorDirectories): FastifyInstance {
  const app = fastify({ logger: false });
  for (const [name, directory] of Object.entries(directories)) {
    app.get<{ Params: { "*": string } }>(`/${name}/*`, async (request, reply) => {
      const file = join(directory, normalize(`/${request.params["*"]}`));
      if (!existsSync(file) || !statSync(file).isFile()) return reply.code(404).send("Not Found\n");
      return reply
        .type("application/octet-stream")
        .header("Content-Length", statSync(file).size)
        .send(createReadStream(file));
    });
  }
  return app;
}
