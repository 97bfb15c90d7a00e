import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";

/** What a {@link Bucket} has taken. */
export interface BucketCounts {
  readonly written: number;
  /** With 429, because the same object had been written less than a second before. */
  readonly refused: number;
}

/** Google's limit, https://cloud.google.com/storage/quotas#objects. */
const MIN_INTERVAL_MS = 1000;

/** The calls of Cloud Storage that Pulumi's `gs://` backend makes, in memory, with the limit of writes to one object. */
export class Bucket {
  private readonly objects = new Map<string, Buffer>();
  private readonly writtenAt = new Map<string, number>();
  private written = 0;
  private refused = 0;

  get counts(): BucketCounts {
    return { written: this.written, refused: this.refused };
  }

  listen(port: number): Promise<Server> {
    const server = createServer((request, response) => {
      this.answer(request, response).catch((error: unknown) =>
        reply(response, 500, { error: String(error) }),
      );
    });
    return new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(server)));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://bucket");
    const body = await buffer(request);
    const call = `${request.method} ${pathname}`;
    const [, name] = /\/o\/([^/]+)/.exec(pathname) ?? [];
    // Contents are also read by the XML API, whose paths are /BUCKET/NAME.
    const key = decodeURIComponent(name ?? pathname.split("/").slice(2).join("/"));
    const [, copy] = /\/rewriteTo\/b\/[^/]+\/o\/([^/]+)$/.exec(pathname) ?? [];
    const content = this.objects.get(key);
    if (call.startsWith("POST /upload/")) {
      const sent = readMultipart(String(request.headers["content-type"]), body);
      this.write(response, sent.name, sent.content, (resource) => resource);
    } else if (/^GET .*\/o$/.test(call)) {
      reply(response, 200, this.list(searchParams));
    } else if (!content) {
      reply(response, 404, { error: { code: 404, message: `No such object: ${key}` } });
    } else if (copy) {
      this.write(response, decodeURIComponent(copy), content, (resource) => ({ done: true, resource }));
    } else if (request.method === "DELETE") {
      this.objects.delete(key);
      reply(response, 204);
    } else {
      const isContent = !name || searchParams.get("alt") === "media";
      reply(response, 200, isContent ? content : resourceOf(key, content));
    }
  }

  private write(
    response: ServerResponse,
    key: string,
    content: Buffer,
    answer: (resource: object) => object,
  ): void {
    const now = Date.now();
    if (now - (this.writtenAt.get(key) ?? 0) < MIN_INTERVAL_MS) {
      this.refused++;
      reply(response, 429, { error: { code: 429, message: `${key}: too many writes of this object` } });
    } else {
      this.writtenAt.set(key, now);
      this.written++;
      this.objects.set(key, content);
      reply(response, 200, answer(resourceOf(key, content)));
    }
  }

  private list(asked: URLSearchParams): object {
    const prefix = asked.get("prefix") ?? "";
    const delimiter = asked.get("delimiter") ?? "";
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    const folderOf = (key: string) => {
      const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
      return end < 0 ? undefined : key.slice(0, end + delimiter.length);
    };
    return {
      kind: "storage#objects",
      prefixes: [...new Set(keys.flatMap((key) => folderOf(key) ?? []))],
      items: keys
        .filter((key) => folderOf(key) === undefined)
        .map((key) => resourceOf(key, this.objects.get(key) as Buffer)),
    };
  }
}

function resourceOf(name: string, content: Buffer): object {
  const time = new Date().toISOString();
  return {
    kind: "storage#object",
    name,
    bucket: "state",
    size: String(content.length),
    generation: "1",
    updated: time,
  };
}

/** A name's JSON and the content, as `uploadType=multipart` sends them. */
function readMultipart(contentType: string, body: Buffer): { name: string; content: Buffer } {
  const [, boundary = ""] = /boundary="?([^";]+)/.exec(contentType) ?? [];
  const [, first = "", second = ""] = body.toString("latin1").split(`--${boundary}`);
  const afterHeaders = (part: string) => part.slice(part.indexOf("\r\n\r\n") + 4, -2);
  const { name } = JSON.parse(afterHeaders(first)) as { name: string };
  return { name, content: Buffer.from(afterHeaders(second), "latin1") };
}

function reply(response: ServerResponse, status: number, body?: object | Buffer): void {
  const content = Buffer.isBuffer(body) ? body : Buffer.from(body ? JSON.stringify(body) : "");
  const type = Buffer.isBuffer(body) ? "application/octet-stream" : "application/json";
  response.writeHead(status, { "content-type": type, "content-length": content.length }).end(content);
}
