import { createHash } from "node:crypto";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { instanceIp } from "../api/hostSpec";
import type { Resource, Store } from "../api/store";
import { GuestAttributes } from "./guestAttributes";
import { find, isFolder, stringify, toJsonAt, toText } from "./render";
import { metadataTree, type Tree } from "./tree";

const PREFIX = "/computeMetadata/v1/";
const POLL_MS = 200;
const LONGEST_WAIT_S = 300;
const GUEST_ATTRIBUTES_OFF = "Guest attributes endpoint access is disabled.\n";

interface Query {
  readonly recursive?: string;
  readonly alt?: string;
  readonly wait_for_change?: string;
  readonly last_etag?: string;
  readonly timeout_sec?: string;
}

/**
 * The metadata server of every instance: it knows the caller by its address.
 * https://cloud.google.com/compute/docs/metadata/querying-metadata
 */
export function createMetadataServer(store: Store): FastifyInstance {
  const app = fastify({ logger: false });
  const guestAttributes = new GuestAttributes(store);

  app.addHook("onRequest", async (request, reply) => {
    void reply.header("Metadata-Flavor", "Google").header("Server", "Metadata Server for VM");
    if (!request.url.startsWith("/computeMetadata")) return;
    // Both keep web pages and proxies from asking for the instance.
    if (request.headers["metadata-flavor"] !== "Google" || request.headers["x-forwarded-for"] !== undefined) {
      return reply
        .code(403)
        .send("Forbidden: the header Metadata-Flavor: Google is missing, or X-Forwarded-For is set.\n");
    }
    return undefined;
  });
  app.get("/", async () => "computeMetadata/\n");
  app.get("/computeMetadata/*", async (request, reply) => answer(request, reply, store, guestAttributes));
  // Whatever a guest says its value is, it is text.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
  app.put("/computeMetadata/v1/instance/guest-attributes/:namespace/:key", async (request, reply) => {
    const caller = callerOf(request, store);
    if (!caller || !guestAttributes.enabled(caller)) return reply.code(403).send(GUEST_ATTRIBUTES_OFF);
    const { namespace, key } = request.params as { namespace: string; key: string };
    guestAttributes.put(caller, namespace, key, String(request.body ?? ""));
    return reply.code(200).send("");
  });
  return app;
}

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  store: Store,
  guestAttributes: GuestAttributes,
) {
  const query = request.query as Query;
  // The guest agent asks for `//?recursive=true`.
  const path = (request.url.split("?")[0] ?? "").replace(/\/{2,}/g, "/");
  if (!`${path}/`.startsWith(PREFIX)) return reply.code(404).send("Not found\n");
  const parts = decodeURIComponent(path.slice(PREFIX.length)).split("/").filter(Boolean);
  const look = (): Tree | undefined => {
    const caller = callerOf(request, store);
    return caller && find(metadataTree(caller, projectOf(caller), guestAttributes.tree(caller)), parts);
  };
  const asker = callerOf(request, store);
  if (asker && parts.slice(0, 2).join("/") === "instance/guest-attributes" && !guestAttributes.enabled(asker))
    return reply.code(403).send(GUEST_ATTRIBUTES_OFF);
  let found = look();
  if (query.wait_for_change === "true") {
    const end = Date.now() + Math.min(Number(query.timeout_sec ?? LONGEST_WAIT_S), LONGEST_WAIT_S) * 1000;
    const last = query.last_etag ?? etagOf(found);
    while (etagOf(found) === last && Date.now() < end && !request.raw.socket.destroyed) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      found = look();
    }
  }
  if (found === undefined) return reply.code(404).send("Not found\n");
  void reply.header("ETag", etagOf(found));
  if (isFolder(found) && !path.endsWith("/") && query.recursive !== "true") {
    return reply.code(301).header("Location", `${path}/`).send("");
  }
  const asJson = query.alt === "json" || (query.recursive === "true" && query.alt !== "text");
  if (asJson) return reply.type("application/json").send(stringify(toJsonAt(found, parts)));
  return reply.type("application/text").send(toText(found));
}

/** The running instance whose address the request comes from. */
function callerOf(request: FastifyRequest, store: Store): Resource | undefined {
  const ip = request.ip.replace(/^::ffff:/, "");
  return store
    .list("projects/")
    .map(({ resource }) => resource)
    .find((resource) => resource.kind === "compute#instance" && instanceIp(resource) === ip);
}

function projectOf(instance: Resource): string {
  return /projects\/([^/]+)\//.exec(String(instance.selfLink))?.[1] ?? "";
}

function etagOf(tree: Tree | undefined): string {
  return createHash("sha256")
    .update(JSON.stringify(tree) ?? "")
    .digest("hex")
    .slice(0, 16);
}
