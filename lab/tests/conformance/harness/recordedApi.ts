import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { createApi } from "../../../api/server";
import { Store } from "../../../api/store";
import type { HostBackend } from "../../../hosts/backend";

/** One request that a plugin sent; `status` where it is refused. */
export interface ApiRequest {
  readonly method: string;
  /** With the query, but for what every request has. */
  readonly path: string;
  readonly request?: unknown;
  readonly status?: number;
}

/** An API that writes down what it is asked; operations are over at once, so none is polled. */
export class RecordedApi {
  private taken: ApiRequest[] = [];
  /** `METHOD path` to the status that it is refused with, whatever the lab would say. */
  refusals: ReadonlyMap<string, number> = new Map();
  url = "";

  constructor(private readonly app: FastifyInstance) {
    this.app.addHook("preHandler", async (request, reply) => {
      const seen = describe(request);
      const code = this.refusals.get(`${seen.method} ${seen.path}`);
      this.taken.push({ ...seen, ...(code === undefined ? {} : { status: code }) });
      if (code !== undefined) {
        await reply
          .code(code)
          .send({ error: { code, message: "refused", errors: [{ message: "refused", reason: "invalid" }] } });
      }
    });
  }

  async start(): Promise<void> {
    await this.app.listen({ host: "127.0.0.1", port: 0 });
    this.url = `http://127.0.0.1:${(this.app.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.app.server.closeAllConnections();
    await this.app.close();
  }

  /** What came in since the last time. */
  take(): ApiRequest[] {
    const requests = this.taken;
    this.taken = [];
    return requests;
  }
}

function describe({ method, url, body }: FastifyRequest): ApiRequest {
  const { pathname, searchParams } = new URL(url, "http://lab");
  // Google's two client libraries put these in each their own way.
  for (const name of ["alt", "prettyPrint"]) searchParams.delete(name);
  const query = searchParams.toString();
  const sent = typeof body === "object" && body !== null && Object.keys(body).length > 0;
  return {
    method,
    path: query === "" ? pathname : `${pathname}?${query}`,
    ...(sent ? { request: blank(body) } : {}),
  };
}

/** Blanks what differs from one run to the next. */
function blank(body: object): unknown {
  return "labelFingerprint" in body ? { ...body, labelFingerprint: "<fingerprint>" } : body;
}

/** The lab's own API, without hosts. */
export function labApp(): FastifyInstance {
  const directory = mkdtempSync(join(tmpdir(), "recorded-api-"));
  const backend = new Proxy({} as HostBackend, { get: () => async () => undefined });
  const app = createApi({ store: new Store(join(directory, "state.json")), backend });
  app.addHook("onClose", async () => rmSync(directory, { recursive: true }));
  return app;
}

/** Requests by `COLLECTION NAME`; a boot disk, which has its VM's name, counts as the VM. */
export function requestsByResource(requests: ApiRequest[], vm: string): Record<string, ApiRequest[]> {
  const resources: Record<string, ApiRequest[]> = {};
  for (const request of requests) {
    const named = resourceOf(request);
    const resource = named === `disks ${vm}` ? `instances ${vm}` : named;
    resources[resource] = [...(resources[resource] ?? []), request];
  }
  return resources;
}

function resourceOf({ path, request }: ApiRequest): string {
  const inProject = path.replace(/\?.*/, "").replace(/^\/\w+\/v1\/projects\/[^/]+\//, "");
  const [collection, named] = inProject.replace(/^(global|regions\/[^/]+|zones\/[^/]+)\//, "").split("/");
  const { name, accountId } = (request ?? {}) as { name?: string; accountId?: string };
  const resource = (named ?? name ?? accountId ?? "").replace(/@.*/, "");
  return `${collection} ${resource}`;
}
