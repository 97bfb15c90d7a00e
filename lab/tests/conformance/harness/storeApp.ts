import fastify, { type FastifyInstance } from "fastify";

type Json = Record<string, unknown>;

const PREFIX = "https://www.googleapis.com/compute/v1/";

/** What the store behind the recording answered of its own. */
const GIVEN: Record<string, Json> = {
  "projects/debian-cloud/global/images/debian-12-bookworm-v20261111": {
    id: "1",
    name: "debian-12-bookworm-v20261111",
    family: "debian-12",
    archiveSizeBytes: "1",
    diskSizeGb: "10",
    creationTimestamp: "2026-11-11T00:00:00Z",
    labelFingerprint: "x",
    status: "READY",
    selfLink: `${PREFIX}projects/debian-cloud/global/images/debian-12-bookworm-v20261111`,
  },
  "projects/p/zones/us-west1-a/machineTypes": {
    items: [
      {
        name: "e2-standard-2",
        guestCpus: 2,
        memoryMb: 8192,
        selfLink: `${PREFIX}projects/p/zones/us-west1-a/machineTypes/e2-standard-2`,
      },
    ],
  },
};

/** An API that keeps what it is sent and knows no rule: for what the lab's API does not have. */
export function storeApp(): FastifyInstance {
  const kept = new Map(Object.entries(GIVEN));
  const app = fastify({ forceCloseConnections: true });
  app.removeContentTypeParser("application/json");
  app.addContentTypeParser("application/json", { parseAs: "string" }, (_request, body, done) =>
    done(null, body === "" ? {} : JSON.parse(String(body))),
  );
  app.all("/compute/v1/*", async (request, reply) => {
    const path = (request.params as { "*": string })["*"].replace(
      /family\/debian-12$/,
      "debian-12-bookworm-v20261111",
    );
    const body = (request.body ?? {}) as Json;
    if (request.method === "GET") return kept.get(path) ?? reply.code(404).send({});
    if (typeof body.name === "string") {
      const own = `${path}/${body.name}`;
      kept.set(own, {
        ...body,
        id: "1",
        selfLink: PREFIX + own,
        labelFingerprint: "x",
        ...started(path, body),
      });
    }
    return { name: "operation-1", status: "DONE" };
  });
  return app;

  function started(path: string, body: Json): Json {
    if (!path.endsWith("/instances")) return {};
    const boot = `${path.replace(/instances$/, "disks")}/${body.name}`;
    kept.set(boot, { name: body.name, sizeGb: "20", type: "pd-balanced" });
    const [first, ...others] = body.disks as Json[];
    const nics = (body.networkInterfaces as Json[]).map((nic) => ({ ...nic, name: "nic0" }));
    return {
      status: "RUNNING",
      disks: [{ ...first, source: PREFIX + boot }, ...others],
      networkInterfaces: nics,
    };
  }
}
