import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { createMirror } from "../../../mirror/server";

let directory: string;
let app: FastifyInstance;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "mirror-"));
  mkdirSync(join(directory, "releases/v3.4.10"), { recursive: true });
  writeFileSync(
    join(directory, "releases/v3.4.10/etcd-v3.4.10-linux-amd64.tar.gz"),
    Buffer.from([31, 139, 8, 0]),
  );
  writeFileSync(join(directory, "secret"), "secret");
  app = createMirror({ etcd: join(directory, "releases"), kubernetes: join(directory, "kubernetes") });
  await app.listen({ host: "127.0.0.1", port: 0 });
});
afterAll(async () => {
  app.server.closeAllConnections();
  await app.close();
  rmSync(directory, { recursive: true });
});

/** Sends the path as it is: fetch would resolve its dots. */
function get(
  path: string,
): Promise<{ status: number | undefined; length: string | undefined; body: Buffer }> {
  const { port } = app.server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path }, (reply) => {
      const chunks: Buffer[] = [];
      reply.on("data", (chunk: Buffer) => chunks.push(chunk));
      reply.on("end", () =>
        resolve({
          status: reply.statusCode,
          length: reply.headers["content-length"],
          body: Buffer.concat(chunks),
        }),
      );
    });
    sent.on("error", reject).end();
  });
}

test("a release is served byte by byte under the official path", async () => {
  expect(await get("/etcd/v3.4.10/etcd-v3.4.10-linux-amd64.tar.gz")).toEqual({
    status: 200,
    length: "4",
    body: Buffer.from([31, 139, 8, 0]),
  });
});

test.each([
  "/etcd/v3.4.11/etcd-v3.4.11-linux-amd64.tar.gz",
  "/etcd/v3.4.10",
  "/etcd/../secret",
  "/etcd/%2e%2e/secret",
  "/etcd/v3.4.10/..%2f..%2f..%2fsecret",
])("%s is not there", async (path) => {
  expect((await get(path)).status).toBe(404);
});
