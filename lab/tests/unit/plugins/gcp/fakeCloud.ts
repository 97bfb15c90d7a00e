import fastify, { type FastifyInstance } from "fastify";

type Resource = Record<string, unknown>;

const PREFIX = "https://www.googleapis.com/compute/v1/";

/** A compute and IAM API just large enough to see what the plugin asks; operations are done at the first poll. */
export class FakeCloud {
  readonly resources = new Map<string, Resource>();
  url = "";
  /** "POST projects/…/setTags" in the order of arrival. */
  readonly calls: string[] = [];
  /** Bodies by call. */
  readonly bodies = new Map<string, Resource>();
  /** The next operation fails with this text. */
  failNext: string | undefined;
  /** Called when something is about to change. */
  onMutation: (() => void) | undefined;
  /** Paths that answer with this status, e.g. 501. */
  readonly refused = new Map<string, number>();
  private readonly polls = new Map<string, { left: number; error?: string }>();
  private readonly server: FastifyInstance = fastify({ forceCloseConnections: true });
  private nextId = 1000;

  async start(): Promise<string> {
    this.server.removeContentTypeParser("application/json");
    this.server.addContentTypeParser("application/json", { parseAs: "string" }, (_request, body, done) =>
      done(null, body === "" ? {} : JSON.parse(String(body))),
    );
    this.server.all("/*", async (request, reply) => {
      const url = new URL(request.url, "http://lab");
      const path = url.pathname.replace(/^\/(compute|iam)\/v1\//, "");
      const { status, body } = this.answer(
        request.method,
        path,
        (request.body ?? {}) as Resource,
        url.searchParams,
      );
      return reply.code(status).send(body);
    });
    await this.server.listen({ host: "127.0.0.1", port: 0 });
    this.url = `http://127.0.0.1:${(this.server.server.address() as { port: number }).port}`;
    return this.url;
  }

  stop(): Promise<void> {
    return this.server.close();
  }

  /** What was asked to change something, without the project and place. */
  mutations(): string[] {
    return this.calls
      .filter((call) => !call.startsWith("GET"))
      .map((call) => call.replace(/projects\/p1\//, ""));
  }

  get(path: string): Resource {
    const found = this.resources.get(path);
    if (!found) throw new Error(`no ${path} in ${[...this.resources.keys()]}`);
    return found;
  }

  private answer(method: string, path: string, body: Resource, query: URLSearchParams) {
    this.calls.push(`${method} ${path}`);
    if (method !== "GET") this.onMutation?.();
    this.bodies.set(`${method} ${path}`, { ...body, ...Object.fromEntries(query) });
    const refusal = this.refused.get(path);
    if (refusal) return failure(refusal, `${path} is refused`, "refused");
    const operation = /operations\/(.+)$/.exec(path)?.[1];
    if (operation) return ok(this.poll(operation));
    if (/\/zones\/[^/]+$/.test(path)) return ok({ name: path });
    if (path.includes("serviceAccounts")) return this.answerIam(method, path, body);
    const found = this.resources.get(path);
    if (method === "POST" && !found && isCollection(path)) return this.insert(path, body);
    const [target = "", verb] = found ? [path] : splitVerb(path);
    const resource = this.resources.get(target);
    if (!resource) return failure(404, `The resource '${path}' was not found`, "notFound");
    if (method === "GET") return ok(resource);
    if (method === "DELETE") this.resources.delete(target);
    else if (method === "POST" || verb) this.act(target, resource, verb ?? "", body, query);
    else Object.assign(resource, body);
    return ok(this.startOperation(target));
  }

  private insert(collection: string, body: Resource) {
    const path = `${collection}/${body.name}`;
    if (this.resources.has(path)) {
      return failure(409, `The resource '${path}' already exists`, "alreadyExists");
    }
    const error = this.failNext;
    if (error === undefined) {
      const id = String(this.nextId++);
      const computed = collection.endsWith("instances") ? this.bootInstance(path, body) : {};
      const fingerprints = { fingerprint: `f${id}`, labelFingerprint: `l${id}` };
      const selfLink = PREFIX + path;
      const creationTimestamp = "2026-01-01T00:00:00Z";
      this.resources.set(path, { ...body, id, selfLink, creationTimestamp, ...fingerprints, ...computed });
    }
    return ok(this.startOperation(path));
  }

  private bootInstance(path: string, body: Resource): Resource {
    const disks = (body.disks as Resource[]).map((disk, index) => {
      const params = disk.initializeParams as Resource | undefined;
      const source = params ? path.replace("instances", "disks") : String(disk.source);
      if (params) {
        const { diskSizeGb: sizeGb, diskType: type } = params;
        const sourceImage = `${PREFIX}projects/debian-cloud/global/images/debian-12-bookworm-v20260101`;
        this.resources.set(source, { name: body.name, sizeGb, type, sourceImage, labelFingerprint: "d" });
      }
      const deviceName = disk.deviceName ?? `persistent-disk-${index}`;
      return { ...disk, initializeParams: undefined, source: PREFIX + source, deviceName, interface: "SCSI" };
    });
    const nics = (body.networkInterfaces as Resource[]).map((nic, index) => ({
      network: `${PREFIX}projects/p1/global/networks/n`,
      stackType: "IPV4_ONLY",
      ...nic,
      name: `nic${index}`,
      subnetwork: PREFIX + nic.subnetwork,
      fingerprint: "nf",
    }));
    return {
      status: "RUNNING",
      cpuPlatform: "Lab",
      disks,
      networkInterfaces: nics,
      scheduling: { automaticRestart: true, onHostMaintenance: "MIGRATE", preemptible: false },
      tags: { ...(body.tags as Resource), fingerprint: "tf" },
      metadata: { ...(body.metadata as Resource), fingerprint: "mf" },
      shieldedInstanceConfig: body.shieldedInstanceConfig ?? {},
    };
  }

  private act(path: string, resource: Resource, verb: string, body: Resource, query: URLSearchParams): void {
    const disks = (resource.disks ?? []) as Resource[];
    if (verb === "stop") resource.status = "TERMINATED";
    else if (/^start/.test(verb)) resource.status = "RUNNING";
    else if (verb === "addAccessConfig") setAccessConfigs(resource, [{ ...body, name: "external-nat" }]);
    else if (verb === "deleteAccessConfig") setAccessConfigs(resource, []);
    else if (verb === "setTags") resource.tags = body;
    else if (verb === "setMetadata") resource.metadata = body;
    else if (verb === "setScheduling")
      resource.scheduling = { ...(resource.scheduling as Resource), ...body };
    else if (verb === "setServiceAccount") resource.serviceAccounts = [body];
    else if (verb === "updateShieldedInstanceConfig") resource.shieldedInstanceConfig = body;
    else if (verb === "attachDisk") disks.push({ ...body, source: PREFIX + body.source });
    else if (verb === "detachDisk") {
      resource.disks = disks.filter((disk) => disk.deviceName !== query.get("deviceName"));
    } else if (verb === "setDeletionProtection") {
      resource.deletionProtection = query.get("deletionProtection") === "true";
    } else if (verb !== "setSecurityPolicy") Object.assign(resource, body);
    this.resources.set(path, resource);
  }

  private startOperation(path: string): Resource {
    const name = `operation-${this.nextId++}`;
    this.polls.set(name, { left: 0, ...(this.failNext === undefined ? {} : { error: this.failNext }) });
    this.failNext = undefined;
    const [, , kind, place] = path.split("/");
    const where = kind === "zones" ? { zone: place } : kind === "regions" ? { region: place } : {};
    return { name, status: "RUNNING", ...where };
  }

  private poll(name: string): Resource {
    const state = this.polls.get(name) ?? { left: 0 };
    if (state.left-- > 0) return { name, status: "RUNNING" };
    const error = "error" in state ? { error: { errors: [{ code: "FAILED", message: state.error }] } } : {};
    return { name, status: "DONE", ...error };
  }

  private answerIam(method: string, path: string, body: Resource) {
    const [target = "", verb] = path.split(":");
    if (method === "POST" && !verb) {
      const email = `${body.accountId}@p1.iam.gserviceaccount.com`;
      const name = `${path}/${email}`;
      if (this.resources.has(name))
        return failure(409, `Service account ${body.accountId} already exists.`, "");
      const account = { ...(body.serviceAccount as Resource), name, email, projectId: "p1", uniqueId: "42" };
      this.resources.set(name, account);
      return ok(account);
    }
    const account = this.resources.get(target);
    if (!account) return failure(404, `Unknown service account`, "notFound");
    if (method === "DELETE") this.resources.delete(target);
    else if (verb) account.disabled = verb === "disable";
    else if (method === "PATCH") Object.assign(account, body.serviceAccount);
    return ok(account);
  }
}

function setAccessConfigs(instance: Resource, accessConfigs: Resource[]): void {
  const [nic = {}] = instance.networkInterfaces as Resource[];
  instance.networkInterfaces = [{ ...nic, accessConfigs }];
}

const isCollection = (path: string) => /\/(global|regions\/[^/]+|zones\/[^/]+)\/[a-zA-Z]+$/.test(path);

function splitVerb(path: string): [string, string] {
  const at = path.lastIndexOf("/");
  return [path.slice(0, at), path.slice(at + 1)];
}

const ok = (body: Resource) => ({ status: 200, body });

function failure(status: number, message: string, reason: string) {
  return { status, body: { error: { code: status, message, errors: [{ message, reason }] } } };
}
