import type { LookUp } from "../engine/lookUp";
import { placeOf } from "../engine/operations";
import { isNotFound } from "../rest/errors";
import { string } from "../schema/fields";
import type { JsonObject, Props } from "../schema/types";

/** One disk by its name; of what the official plugin returns, what this program reads. */
export const getDisk: LookUp = {
  token: "gcp:compute/getDisk:getDisk",
  fields: { name: string({ required: true }), project: string(), zone: string() },

  async read(work, asked) {
    const { project, zone } = placeOf(asked, work.config);
    const id = `projects/${project}/zones/${zone}/disks/${String(asked.name)}`;
    const live = await work.compute.get(id, work.signal).catch((error: unknown) => {
      throw isNotFound(error) ? new Error(`${id} not found`) : error;
    });
    const key = (live.diskEncryptionKey as JsonObject | undefined)?.kmsKeyName;
    return {
      ...asked,
      project,
      zone,
      id,
      type: String(live.type).split("/").pop(),
      size: Number(live.sizeGb),
      diskEncryptionKeys: key === undefined ? [] : [{ kmsKeySelfLink: key }],
      selfLink: live.selfLink,
    } as Props;
  },
};
