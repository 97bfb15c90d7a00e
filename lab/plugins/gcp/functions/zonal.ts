import type { LookUp } from "../engine/lookUp";
import { placeOf } from "../engine/operations";
import { isNotFound } from "../rest/errors";
import { string } from "../schema/fields";
import type { JsonObject, Props } from "../schema/types";

/** One resource of a zone by its name; `outputs` are those that this program reads of what the official plugin returns. */
function zonalLookUp(token: string, collection: string, outputs: (live: JsonObject) => object): LookUp {
  return {
    token,
    fields: { name: string({ required: true }), project: string(), zone: string() },

    async read(work, asked) {
      const { project, zone } = placeOf(asked, work.config);
      const id = `projects/${project}/zones/${zone}/${collection}/${String(asked.name)}`;
      const live = await work.compute.get(id, work.signal).catch((error: unknown) => {
        throw isNotFound(error) ? new Error(`${id} not found`) : error;
      });
      return { ...asked, project, zone, id, ...outputs(live), selfLink: live.selfLink } as Props;
    },
  };
}

const lastPart = (link: unknown) => String(link).split("/").pop();

export const getInstance = zonalLookUp("gcp:compute/getInstance:getInstance", "instances", (live) => ({
  currentStatus: live.status,
  machineType: lastPart(live.machineType),
  labels: live.labels ?? {},
  instanceId: live.id,
}));

export const getDisk = zonalLookUp("gcp:compute/getDisk:getDisk", "disks", (live) => {
  const key = (live.diskEncryptionKey as JsonObject | undefined)?.kmsKeyName;
  return {
    type: lastPart(live.type),
    size: Number(live.sizeGb),
    diskEncryptionKeys: key === undefined ? [] : [{ kmsKeySelfLink: key }],
  };
});
