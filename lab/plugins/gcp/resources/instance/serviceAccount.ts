import { inSetOrder } from "../../rest/mapping";
import { object, set, string } from "../../schema/fields";
import type { Field, JsonObject, Plain, Props } from "../../schema/types";

/** gcloud's short names of scopes; any other name is taken as it is. */
const ALIASES: Record<string, string> = {
  bigquery: "bigquery",
  "cloud-platform": "cloud-platform",
  "cloud-source-repos": "source.full_control",
  "cloud-source-repos-ro": "source.read_only",
  "compute-ro": "compute.readonly",
  "compute-rw": "compute",
  datastore: "datastore",
  "logging-write": "logging.write",
  monitoring: "monitoring",
  "monitoring-read": "monitoring.read",
  "monitoring-write": "monitoring.write",
  pubsub: "pubsub",
  "service-control": "servicecontrol",
  "service-management": "service.management.readonly",
  sql: "sqlservice",
  "sql-admin": "sqlservice.admin",
  "storage-full": "devstorage.full_control",
  "storage-ro": "devstorage.read_only",
  "storage-rw": "devstorage.read_write",
  taskqueue: "taskqueue",
  trace: "trace.append",
  "useraccounts-ro": "cloud.useraccounts.readonly",
  "useraccounts-rw": "cloud.useraccounts",
  "userinfo-email": "userinfo.email",
};

/** A scope's full URL. */
function canonicalScope(scope: string): string {
  const name = ALIASES[scope];
  return name === undefined ? scope : `https://www.googleapis.com/auth/${name}`;
}

/** The account that a VM runs as. */
export const serviceAccount: Field = object(
  {
    email: string({ computed: true }),
    scopes: set(string({ same: (old, now) => canonicalScope(String(old)) === canonicalScope(String(now)) }), {
      required: true,
    }),
  },
  {
    rest: {
      path: "serviceAccounts",
      toRest: (value) => [serviceAccountToRest(value)],
      fromRest: (value) => accountFromRest(value as JsonObject[]),
    },
  },
);

/** The body of setServiceAccount; none means a VM without an account. */
export function serviceAccountToRest(value: Plain): JsonObject {
  const { email = "", scopes = [] } = (value ?? {}) as Props;
  if (value === undefined || value === null) return { email: "" };
  return {
    email: email === "" ? "default" : String(email),
    scopes: inSetOrder((scopes as string[]).map(canonicalScope)) as string[],
  };
}

function accountFromRest(accounts: JsonObject[]): Plain {
  const [first] = accounts;
  return first ? { email: String(first.email), scopes: (first.scopes ?? []) as string[] } : undefined;
}
