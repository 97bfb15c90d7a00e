import { mkdtempSync, rmSync } from "node:fs";
import { type IncomingHttpHeaders, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { type Resource, Store } from "../../../api/store";
import { createMetadataServer } from "../../../metadata/server";

/** A loopback address, so that the server sees the guest come from its own. */
const GUEST_IP = "127.0.0.10";
export const PATH = "projects/p1/zones/us-west1-c/instances/controller-0";

export const GUEST: Resource = {
  kind: "compute#instance",
  id: "1234567890123456789",
  name: "controller-0",
  selfLink: `https://www.googleapis.com/compute/v1/${PATH}`,
  cpuPlatform: "Intel Broadwell",
  machineType:
    "https://www.googleapis.com/compute/v1/projects/p1/zones/us-west1-c/machineTypes/e2-standard-2",
  tags: { items: ["controller", "kubernetes"] },
  metadata: {
    items: [
      { key: "ssh-keys", value: "admin:ssh-ed25519 AAAA admin" },
      { key: "startup-script", value: "#!/bin/sh\ntrue\n" },
      { key: "id", value: "007" },
      { key: "enable-guest-attributes", value: "TRUE" },
    ],
  },
  serviceAccounts: [{ email: "a@p1.iam.gserviceaccount.com", scopes: ["scope-one", "scope-two"] }],
  networkInterfaces: [
    {
      networkIP: GUEST_IP,
      network: "https://www.googleapis.com/compute/v1/projects/p1/global/networks/kthw",
      accessConfigs: [{ type: "ONE_TO_ONE_NAT", natIP: "198.51.100.10" }],
    },
  ],
};

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A metadata server with one guest, and a way to be that guest. */
export class MetadataLab {
  readonly store: Store;
  private readonly app: FastifyInstance;
  private readonly directory = mkdtempSync(join(tmpdir(), "metadata-"));

  constructor() {
    this.store = new Store(join(this.directory, "state.json"));
    this.store.put(PATH, GUEST);
    this.app = createMetadataServer(this.store);
  }

  async start(): Promise<void> {
    await this.app.listen({ host: "0.0.0.0", port: 0 });
  }

  async close(): Promise<void> {
    this.app.server.closeAllConnections();
    await this.app.close();
    rmSync(this.directory, { recursive: true });
  }

  /** Asks as the guest, unless other headers or another address are given. */
  ask(
    path: string,
    options: { method?: string; body?: string; headers?: Record<string, string>; from?: string } = {},
  ): Promise<Reply> {
    const { method = "GET", body, headers = { "Metadata-Flavor": "Google" }, from = GUEST_IP } = options;
    const { port } = this.app.server.address() as { port: number };
    return new Promise((resolve, reject) => {
      const sent = request(
        { host: "127.0.0.1", port, localAddress: from, path, method, headers },
        (reply) => {
          let text = "";
          reply.setEncoding("utf8").on("data", (chunk: string) => {
            text += chunk;
          });
          reply.on("end", () => resolve({ status: reply.statusCode ?? 0, headers: reply.headers, text }));
        },
      );
      sent.on("error", reject);
      sent.end(body);
    });
  }

  /** The text at a path below /computeMetadata/v1/. */
  async text(path: string): Promise<string> {
    const { status, text } = await this.ask(`/computeMetadata/v1/${path}`);
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
    return text;
  }

  /** Changes the guest's metadata, as setMetadata does. */
  setMetadata(items: { key: string; value: string }[]): void {
    this.store.put(PATH, { ...GUEST, metadata: { items } });
  }
}
