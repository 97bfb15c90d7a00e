import type { LookUp } from "../engine/lookUp";
import { placeOf } from "../engine/operations";
import { isNotFound } from "../rest/errors";
import { string } from "../schema/fields";
import type { Props } from "../schema/types";

/** One VM by its name; of what the official plugin returns, what this program reads. */
export const getInstance: LookUp = {
  token: "gcp:compute/getInstance:getInstance",
  fields: { name: string({ required: true }), project: string(), zone: string() },

  async read(work, asked) {
    const { project, zone } = placeOf(asked, work.config);
    const id = `projects/${project}/zones/${zone}/instances/${String(asked.name)}`;
    const live = await work.compute.get(id, work.signal).catch((error: unknown) => {
      throw isNotFound(error) ? new Error(`${id} not found`) : error;
    });
    return {
      ...asked,
      project,
      zone,
      id,
      currentStatus: live.status,
      machineType: String(live.machineType).split("/").pop(),
      labels: live.labels ?? {},
      instanceId: live.id,
      selfLink: live.selfLink,
    } as Props;
  },
};
