import type { ApiContext, Collection, Location } from "./collection";
import { mustBeReady, type Operations } from "./conditions/pending";
import { refuseByPolicy } from "./conditions/policies";
import { asRead } from "./conditions/staleLabels";
import { ApiError, alreadyExists, invalid, notFound, required } from "./errors";
import { checkFingerprint } from "./fingerprint";
import { listing } from "./listing";
import { isUnset, mergePatch, withoutNulls, withoutUnset } from "./mergePatch";
import { baseName, isLink, selfLink, toPath } from "./paths";
import type { Resource } from "./store";

const NAME = "(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)";

/** Insert, get, list, patch and delete, the same for every kind of resource. */
export class Crud {
  constructor(
    readonly collection: Collection,
    private readonly context: ApiContext,
    private readonly operations: Operations,
  ) {}

  read(at: Location, name: string): Resource {
    return asRead(this.path(at, name), this.get(at, name), this.context);
  }

  list(at: Location, query: Readonly<Record<string, string>> = {}): Resource {
    const prefix = this.path(at, "");
    const made = this.context.store
      .list(prefix)
      .map(({ path, resource }) => asRead(path, resource, this.context));
    return listing(`${this.collection.kind}List`, prefix.slice(0, -1), [...this.given(at), ...made], query);
  }

  async insert(at: Location, sent: Resource): Promise<Resource> {
    const { collection, context } = this;
    const body = withoutUnset(withoutNulls(sent));
    checkBody(body, collection.fields, collection.required);
    const name = String(body.name ?? "");
    if (!new RegExp(`^${NAME}$`).test(name)) {
      throw invalid("resource.name", name, `Must be a match of regex '${NAME}'`);
    }
    const path = this.path(at, name);
    if (context.store.get(path) ?? this.given(at).some((resource) => resource.name === name))
      throw alreadyExists(path);
    refuseByPolicy({ collection: collection.name, type: "insert", at, path, body }, context.store);
    const resource = {
      kind: collection.kind,
      id: context.store.nextId(),
      creationTimestamp: new Date().toISOString(),
      selfLink: selfLink(path),
      ...placeOf(at),
      ...collection.complete(body, at, context),
    };
    context.store.put(path, resource);
    const failure = collection.failing?.(path, resource, at, context);
    try {
      if (!failure) await collection.created?.(path, resource, context);
    } catch (error) {
      // As on GCE, what could not be made does not exist.
      context.store.remove(path);
      throw error;
    }
    return this.operations.begin({ collection, type: "insert", at, path, ...(failure ? { failure } : {}) });
  }

  async patch(at: Location, name: string, body: Resource): Promise<Resource> {
    const { collection, context } = this;
    if (collection.patchable.length === 0)
      throw new ApiError(501, "notImplemented", `the lab cannot patch ${collection.name}`);
    checkBody(withoutUnset(body), collection.fields, []);
    const before = this.get(at, name);
    if (body.fingerprint !== undefined) checkFingerprint(body.fingerprint, before.fingerprint, "resource");
    const changes: Resource = {};
    for (const [field, value] of Object.entries(body)) {
      if (collection.patchable.includes(field)) changes[field] = value;
      else if (collection.unpatched !== "ignored" && !isSame(value, before[field], at.project))
        throw invalid(`resource.${field}`, value, "The field cannot be changed.");
    }
    mustBeReady(context.store, this.path(at, name), ["delete"]);
    refuseByPolicy(
      { collection: collection.name, type: "patch", at, path: this.path(at, name), body, before },
      context.store,
    );
    const merged = mergePatch(before, changes);
    const after = collection.patched?.(merged, at, context) ?? merged;
    const path = this.path(at, name);
    context.store.put(path, after);
    await collection.changed?.(path, after, context);
    return this.operations.begin({ collection, type: "patch", at, path });
  }

  async delete(at: Location, name: string): Promise<Resource> {
    const resource = this.get(at, name);
    const path = this.path(at, name);
    mustBeReady(this.context.store, path, ["insert", "delete"]);
    await this.collection.deleting?.(path, resource, this.context);
    return this.operations.begin({ collection: this.collection, type: "delete", at, path });
  }

  private get(at: Location, name: string): Resource {
    const path = this.path(at, name);
    const found = this.context.store.get(path) ?? this.given(at).find((resource) => resource.name === name);
    if (!found) throw notFound(path);
    return found;
  }

  private given({ project }: Location): Resource[] {
    return this.collection.given?.(project) ?? [];
  }

  private path(at: Location, name: string): string {
    return `projects/${at.project}/${at.scope}/${this.collection.name}/${name}`;
  }
}

/** @throws what the API answers for a field it does not know, or one that is missing. */
function checkBody(body: Resource, fields: readonly string[], needed: readonly string[]): void {
  for (const field of Object.keys(body)) {
    if (!fields.includes(field)) {
      throw new ApiError(
        400,
        "badRequest",
        `Invalid JSON payload received. Unknown name "${field}": Cannot find field.`,
      );
    }
  }
  for (const field of needed) {
    if (body[field] === undefined) throw required(`resource.${field}`);
  }
}

/** Whether a field of a PATCH says what is there already; a link may be written in any form, or as a name. */
function isSame(given: unknown, current: unknown, project: string): boolean {
  if (isUnset(given) && isUnset(current)) return true;
  if (typeof given === "string" && isLink(current)) {
    return given.includes("/")
      ? selfLink(toPath(given, project, "link")) === current
      : baseName(current) === given;
  }
  return JSON.stringify(given) === JSON.stringify(current);
}

function placeOf({ project, scope }: Location): Resource {
  const [kind] = scope.split("/");
  if (kind === "zones") return { zone: selfLink(`projects/${project}/${scope}`) };
  return kind === "regions" ? { region: selfLink(`projects/${project}/${scope}`) } : {};
}
