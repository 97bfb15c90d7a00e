import { readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { createInterface } from "node:readline";

// A client of the Kubernetes API, run inside the lab's network: it creates ConfigMaps by one API server after the
// other until its stdin ends, tries the next server when one does not answer, and prints what it met with as JSON.
// Usage: apiClient.ts DIR SERVER…, with ca.pem, admin.pem and admin-key.pem in DIR, which are read at each request.

const [dir = "", ...servers] = process.argv.slice(2);
const PATH = "/api/v1/namespaces/default/configmaps";
const INTERVAL_MS = 250;
const REQUEST_LIMIT_MS = 5_000;

interface Reply {
  readonly status: number;
  readonly body: string;
}

function ask(server: string, method: string, path: string, body?: unknown): Promise<Reply> {
  const read = (file: string) => readFileSync(join(dir, file));
  return new Promise((resolve, reject) => {
    const sent = request(
      `${server}${path}`,
      {
        method,
        ca: read("ca.pem"),
        cert: read("admin.pem"),
        key: read("admin-key.pem"),
        agent: false,
        timeout: REQUEST_LIMIT_MS,
        headers: { "Content-Type": "application/json" },
      },
      (reply) => {
        let text = "";
        reply.on("data", (chunk: Buffer) => {
          text += chunk.toString();
        });
        reply.on("end", () => resolve({ status: reply.statusCode ?? 0, body: text }));
        reply.on("error", reject);
      },
    );
    sent.on("timeout", () => sent.destroy(new Error(`no answer in ${REQUEST_LIMIT_MS} ms`)));
    sent.on("error", reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const summary = {
  created: 0,
  /** Requests that one server did not serve and another did. */
  failedOver: 0,
  /** Requests that no server served. */
  refusedByAll: [] as string[],
  longestGapMs: 0,
  listed: 0,
  missing: [] as string[],
};

/** Asks every server in turn until one serves. 409 is this client's own object: an answer was lost on its way. */
async function serve(
  first: number,
  method: string,
  path: string,
  body?: unknown,
): Promise<string | undefined> {
  const reasons: string[] = [];
  for (let i = 0; i < servers.length; i++) {
    const server = servers[(first + i) % servers.length] ?? "";
    try {
      const { status, body: text } = await ask(server, method, path, body);
      if ([200, 201, 409].includes(status)) {
        if (i > 0) summary.failedOver++;
        return text;
      }
      reasons.push(`${server}: ${status} ${text.slice(0, 200)}`);
    } catch (error) {
      reasons.push(`${server}: ${String(error)}`);
    }
  }
  summary.refusedByAll.push(`${new Date().toISOString()} ${method}: ${reasons.join("; ")}`);
  return undefined;
}

async function run(): Promise<void> {
  let isOver = false;
  createInterface({ input: process.stdin }).on("close", () => {
    isOver = true;
  });
  const names: string[] = [];
  let last = Date.now();
  for (let round = 0; !isOver; round++) {
    const name = `object-${process.pid}-${round}`;
    const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { round: String(round) } };
    if ((await serve(round, "POST", PATH, body)) !== undefined) {
      names.push(name);
      summary.created++;
      summary.longestGapMs = Math.max(summary.longestGapMs, Date.now() - last);
      last = Date.now();
    }
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
  }
  const list = JSON.parse((await serve(0, "GET", PATH)) ?? '{"items":[]}') as {
    items: { metadata: { name: string } }[];
  };
  const listed = new Set(list.items.map(({ metadata }) => metadata.name));
  summary.listed = names.filter((name) => listed.has(name)).length;
  summary.missing = names.filter((name) => !listed.has(name));
  console.log(JSON.stringify(summary));
}

void run();
