import { parseId, type Resource, type Work } from "../engine/operations";
import { GoogleApiError, isNotFound } from "../rest/errors";
import { fromRest } from "../rest/mapping";
import { bool, deletionPolicy, output, project, string } from "../schema/fields";
import type { JsonObject, Props, ResourceSchema } from "../schema/types";
import { rfc1035Name } from "../schema/validators";
import { goneOr, prefix } from "./computeOperations";

const schema: ResourceSchema = {
  type: "gcp:serviceaccount/account:Account",
  label: "service account",
  idFormat: "projects/{project}/serviceAccounts/{email}",
  derive: (planned) => emailOf(planned),
  fields: {
    accountId: string({ required: true, forceNew: true, validate: rfc1035Name(6, 30), rest: false }),
    displayName: string(),
    description: string({
      validate: (value, path) =>
        String(value).length <= 256
          ? []
          : [`expected length of ${path} to be in the range (0 - 256), got ${String(value)}`],
    }),
    disabled: bool({ default: false }),
    createIgnoreAlreadyExists: bool({ rest: false }),
    email: output(),
    member: output(),
    name: output(),
    uniqueId: output(),
    ...project,
    ...deletionPolicy,
  },
};

/** An account's e-mail address follows from its id, so a preview knows it. */
function emailOf({ accountId, project: of }: Props): Props {
  if (typeof accountId !== "string" || typeof of !== "string") return {};
  const email = `${accountId}@${of}.iam.gserviceaccount.com`;
  return { email, member: `serviceAccount:${email}` };
}

function pathOf(work: Work, id: string): string {
  const { project: of, email } = parseId(schema.idFormat, id, work.config);
  return `v1/projects/${of}/serviceAccounts/${email}`;
}

/** IAM is consistent in the end only: an account counts as there when it was seen three times, the last by the read. */
async function look(work: Work, id: string): Promise<void> {
  for (let seen = 0; seen < 2; seen++) await work.iam.get(pathOf(work, id), work.signal);
}

/** A service account. */
export const account: Resource = {
  schema,
  operations: {
    async create(work, wanted, made) {
      const body = {
        accountId: wanted.accountId,
        serviceAccount: { displayName: wanted.displayName, description: wanted.description },
      } as JsonObject;
      const id = `projects/${String(wanted.project)}/serviceAccounts/${String(emailOf(wanted).email)}`;
      try {
        await work.iam.send(
          "POST",
          `v1/projects/${String(wanted.project)}/serviceAccounts`,
          body,
          work.signal,
        );
      } catch (error) {
        const exists = error instanceof GoogleApiError && error.status === 409;
        if (!exists || wanted.createIgnoreAlreadyExists !== true)
          prefix("Error creating service account")(error);
        made(id);
        return;
      }
      made(id);
      await look(work, id);
    },

    async read(work, id) {
      const live = await work.iam.get(pathOf(work, id), work.signal).catch(goneOr(`Service Account "${id}"`));
      if (!live) return undefined;
      const email = String(live.email);
      return {
        ...fromRest(schema.fields, live),
        project: String(live.projectId),
        accountId: email.slice(0, email.indexOf("@")),
        member: `serviceAccount:${email}`,
      };
    },

    async update(work, { id, wanted, touches }) {
      const path = pathOf(work, id);
      const live = await work.iam
        .get(path, work.signal)
        .catch(prefix(`Error retrieving service account "${id}"`));
      if (touches("disabled")) {
        await work.iam.send("POST", `${path}:${wanted.disabled ? "disable" : "enable"}`, {}, work.signal);
      }
      const mask = (["description", "displayName"] as const).filter(touches);
      if (mask.length === 0) return;
      const updateMask = mask.map((key) => (key === "displayName" ? "display_name" : key)).join(",");
      const serviceAccount = {
        displayName: wanted.displayName ?? "",
        description: wanted.description ?? "",
        etag: live.etag,
      };
      await work.iam.send("PATCH", path, { updateMask, serviceAccount } as JsonObject, work.signal);
      await look(work, id);
    },

    async delete(work, id) {
      await work.iam
        .send("DELETE", pathOf(work, id), undefined, work.signal)
        .catch((error: unknown) =>
          isNotFound(error) ? undefined : prefix("Error deleting service account")(error),
        );
    },
  },
};
