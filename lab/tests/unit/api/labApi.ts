import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { createApi } from "../../../api/server";
import { type Resource, Store } from "../../../api/store";
import type { HostBackend } from "../../../hosts/backend";
import { MissingImageError } from "../../../hosts/baseImage";

export const LINK = "https://www.googleapis.com/compute/v1/projects/p1";
export const REGION = "regions/us-west1";
export const ZONE = "zones/us-west1-c";
export const IMAGE = "projects/debian-cloud/global/images/family/debian-12";

/** What the API has to answer for itself: ids and fingerprints are opaque, times are RFC 3339. */
export const ID = expect.stringMatching(/^\d{19}$/);
export const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
export const FINGERPRINT = expect.stringMatching(/^[\w+/]{11}=$/);

export interface Answer {
  readonly status: number;
  readonly body: Resource;
}

/** The lab's API on a state file of its own, with hosts that only remember what they were told. */
export class LabApi {
  /** Calls of the backend, firewalls left out: `start {"name":…}`. */
  readonly hostCalls: string[] = [];
  /** The last rules and hosts that the firewall was put in force with. */
  firewall: unknown;
  /** Backend calls that fail. */
  readonly broken = new Set<keyof HostBackend>();
  /** What the API takes for the time, in milliseconds. */
  clock = 0;
  /** Whether the hosts' image of Debian 13 is not there, and everything is to run on it. */
  missingImage = false;
  store: Store;
  private app: FastifyInstance;
  private readonly directory = mkdtempSync(join(tmpdir(), "lab-api-"));

  constructor() {
    this.store = this.openStore();
    this.app = createApi({ store: this.store, backend: this.backend, now: () => this.clock });
  }

  /** A new process on the state that the old one left. */
  async restart(): Promise<void> {
    await this.stop();
    this.store = this.openStore();
    this.app = createApi({ store: this.store, backend: this.backend, now: () => this.clock });
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.directory, { recursive: true });
  }

  /** A call below projects/p1 of the compute API; a path with a leading `/` is taken as it is. */
  async call(
    method: string,
    path: string,
    body?: Resource | string,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const url = path.startsWith("/") ? path : `/compute/v1/projects/p1/${path}`;
    const response = await fetch(`${await this.listening()}${url}${url.includes("?") ? "&" : "?"}alt=json`, {
      method,
      // The official provider sends the type with every request, with and without a body.
      headers: { authorization: "Bearer token", "content-type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Resource };
  }

  /** A mutation that must succeed; its operation. */
  async mutate(method: string, path: string, body?: Resource): Promise<Resource> {
    const answer = await this.call(method, path, body);
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** What the cloud is like from here on. */
  async conditions(change: Resource): Promise<void> {
    await this.mutate("PATCH", "/lab/v1/conditions", change);
  }

  async get(path: string): Promise<Resource> {
    return this.mutate("GET", path);
  }

  private async listening(): Promise<string> {
    if (!this.app.server.listening) await this.app.listen({ host: "127.0.0.1", port: 0 });
    return `http://127.0.0.1:${(this.app.server.address() as { port: number }).port}`;
  }

  private async stop(): Promise<void> {
    this.app.server.closeAllConnections();
    await this.app.close();
  }

  private openStore(): Store {
    return new Store(join(this.directory, "state.json"));
  }

  private readonly backend = new Proxy({} as HostBackend, {
    get:
      (_, call: keyof HostBackend) =>
      async (...args: unknown[]) => {
        if (call === "applyFirewall") this.firewall = withoutDefaultRules(args);
        else this.hostCalls.push([call, ...args.map((arg) => JSON.stringify(arg))].join(" "));
        if (this.missingImage && call === "start") throw new MissingImageError("trixie");
        if (this.broken.has(call)) throw new Error(`${call} is broken`);
      },
  });
}

/** The rules of the network that every project has concern no host of these tests. */
function withoutDefaultRules([rules, hosts]: unknown[]): unknown[] {
  return [(rules as { network: string }[]).filter(({ network }) => !network.endsWith("/default")), hosts];
}

/** The body of an error as Google's compute API answers it. */
export function failure(code: number, reason: string, message: string): Answer {
  return {
    status: code,
    body: { error: { code, message, errors: [{ message, domain: "global", reason }] } },
  };
}

/** The 412 that a stale fingerprint gets. */
export function stale(message: string): Answer {
  const error = { message, domain: "global", reason: "conditionNotMet" };
  const location = { location: "If-Match", locationType: "header" };
  return { status: 412, body: { error: { code: 412, message, errors: [{ ...error, ...location }] } } };
}

export const notFound = (path: string) =>
  failure(404, "notFound", `The resource 'projects/p1/${path}' was not found`);

export const inUse = (kind: string, path: string, by: string) =>
  failure(
    400,
    "resourceInUseByAnotherResource",
    `The ${kind} resource 'projects/p1/${path}' is already being used by 'projects/p1/${by}'`,
  );

/** How an operation ends that asked for an internal address that something has. */
export const ipInUse = (address: string) => ({
  status: "DONE",
  httpErrorStatusCode: 409,
  httpErrorMessage: "CONFLICT",
  error: {
    errors: [
      {
        code: "IP_IN_USE_BY_ANOTHER_RESOURCE",
        message: `IP '${address}' is already being used by another resource.`,
      },
    ],
  },
});

/** A finished operation on a resource. */
export function operation(type: string, scope: string, target: string): Resource {
  const [kind] = scope.split("/");
  return {
    kind: "compute#operation",
    id: ID,
    name: expect.stringMatching(/^operation-\d{19}$/),
    operationType: type,
    targetLink: `${LINK}/${scope}/${target}`,
    targetId: ID,
    status: "DONE",
    progress: 100,
    insertTime: TIME,
    startTime: TIME,
    endTime: TIME,
    selfLink: expect.stringMatching(new RegExp(`^${LINK}/${scope}/operations/operation-\\d{19}$`)),
    ...(kind === "zones" ? { zone: `${LINK}/${scope}` } : {}),
    ...(kind === "regions" ? { region: `${LINK}/${scope}` } : {}),
  };
}

export const NETWORK = { name: "kthw", autoCreateSubnetworks: false };
export const SUBNETWORK = {
  name: "kubernetes",
  network: "projects/p1/global/networks/kthw",
  ipCidrRange: "10.240.0.0/24",
};
export const ADDRESS = {
  name: "controller-0",
  addressType: "INTERNAL",
  address: "10.240.0.10",
  subnetwork: `projects/p1/${REGION}/subnetworks/kubernetes`,
};
export const DISK = {
  name: "data-0",
  type: `projects/p1/${ZONE}/diskTypes/pd-ssd`,
  sizeGb: "10",
  labels: { env: "lab" },
};

/** The body of an instance with the data disk {@link DISK} and the address {@link ADDRESS}. */
export const INSTANCE = {
  name: "controller-0",
  machineType: `projects/p1/${ZONE}/machineTypes/e2-standard-2`,
  canIpForward: true,
  tags: { items: ["controller"] },
  labels: { env: "lab" },
  metadata: { items: [{ key: "enable-oslogin", value: "FALSE" }] },
  disks: [
    { boot: true, autoDelete: true, initializeParams: { sourceImage: IMAGE, diskSizeGb: "20" } },
    { source: `projects/p1/${ZONE}/disks/data-0`, deviceName: "etcd-data", mode: "READ_WRITE" },
  ],
  networkInterfaces: [
    {
      subnetwork: `projects/p1/${REGION}/subnetworks/kubernetes`,
      networkIP: "10.240.0.10",
      accessConfigs: [{ type: "ONE_TO_ONE_NAT" }],
    },
  ],
} satisfies Resource;

/** Makes the network, and what of the rest is asked for. */
export async function prepare(lab: LabApi, ...parts: ("subnetwork" | "address" | "disk" | "instance")[]) {
  await lab.mutate("POST", "global/networks", NETWORK);
  if (parts.includes("subnetwork")) await lab.mutate("POST", `${REGION}/subnetworks`, SUBNETWORK);
  if (parts.includes("address")) await lab.mutate("POST", `${REGION}/addresses`, ADDRESS);
  if (parts.includes("disk")) await lab.mutate("POST", `${ZONE}/disks`, DISK);
  if (parts.includes("instance")) await lab.mutate("POST", `${ZONE}/instances`, INSTANCE);
}
