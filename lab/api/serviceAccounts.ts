import type { FastifyInstance } from "fastify";
import { refuseAccount } from "./conditions/policies";
import { ApiError } from "./errors";
import { fingerprint } from "./fingerprint";
import type { Resource, Store } from "./store";

interface Params {
  readonly project: string;
  readonly account: string;
}

/** The part of IAM that makes service accounts: https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts */
export function registerServiceAccounts(app: FastifyInstance, store: Store): void {
  const base = "/iam/v1/projects/:project/serviceAccounts";

  app.post<{ Params: Params; Body: { accountId?: string; serviceAccount?: Resource } }>(
    base,
    ({ params, body }) => {
      const id = body.accountId ?? "";
      if (!/^[a-z]([-a-z0-9]{4,28}[a-z0-9])$/.test(id)) {
        throw new ApiError(
          400,
          "badRequest",
          `Invalid service account ID: ${id}. It must be 6 to 30 characters of [a-z]([-a-z0-9]*[a-z0-9]).`,
          { status: "INVALID_ARGUMENT" },
        );
      }
      const email = `${id}@${params.project}.iam.gserviceaccount.com`;
      const path = pathOf(params.project, email);
      if (store.get(path)) {
        const message = `Service account ${id} already exists within project projects/${params.project}.`;
        throw new ApiError(409, "alreadyExists", message, { status: "ALREADY_EXISTS" });
      }
      refuseAccount(params.project, store);
      const uniqueId = store.nextId();
      const account: Resource = {
        name: path,
        projectId: params.project,
        uniqueId,
        email,
        oauth2ClientId: uniqueId,
        ...body.serviceAccount,
        etag: fingerprint([uniqueId, body.serviceAccount]),
      };
      store.put(path, account);
      return account;
    },
  );

  app.get<{ Params: Params }>(`${base}/:account`, ({ params }) => find(store, params).account);

  app.patch<{ Params: Params; Body: { serviceAccount?: Resource } }>(
    `${base}/:account`,
    ({ params, body }) => {
      const { path, account } = find(store, params);
      const { displayName, description } = { ...account, ...body.serviceAccount };
      const changed = {
        ...account,
        displayName,
        description,
        etag: fingerprint([account.uniqueId, displayName, description]),
      };
      store.put(path, changed);
      return changed;
    },
  );

  // `…/ACCOUNT:disable` and `…/ACCOUNT:enable`.
  app.post<{ Params: Params }>(`${base}/:account`, ({ params, url }) => {
    const [, name = "", verb = ""] = /^(.*):(enable|disable)$/.exec(params.account) ?? [];
    if (!verb) throw new ApiError(501, "notImplemented", `the lab does not implement POST ${url}`);
    const { path, account } = find(store, { ...params, account: name });
    const { disabled: _disabled, ...enabled } = account;
    store.put(path, verb === "disable" ? { ...enabled, disabled: true } : enabled);
    return {};
  });

  app.delete<{ Params: Params }>(`${base}/:account`, ({ params }) => {
    store.remove(find(store, params).path);
    return {};
  });
}

/** By e-mail address or unique id; the project may be `-`. */
function find(store: Store, { account, project }: Params): { path: string; account: Resource } {
  const found = store
    .list("projects/")
    .find(
      ({ path, resource }) =>
        path.startsWith(project === "-" ? "projects/" : `projects/${project}/`) &&
        path.includes("/serviceAccounts/") &&
        (resource.email === account || resource.uniqueId === account),
    );
  if (!found) throw new ApiError(404, "notFound", "Unknown service account", { status: "NOT_FOUND" });
  return { path: found.path, account: found.resource };
}

function pathOf(project: string, email: string): string {
  return `projects/${project}/serviceAccounts/${email}`;
}
