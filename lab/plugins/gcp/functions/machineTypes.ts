import type { LookUp } from "../engine/lookUp";
import { placeOf } from "../engine/operations";
import { prefix } from "../resources/computeOperations";
import { fromRest } from "../rest/mapping";
import { bool, int, string } from "../schema/fields";
import type { JsonObject, Props } from "../schema/types";

const outputs = {
  description: string({ default: "" }),
  guestCpus: int({ default: 0 }),
  isSharedCpus: bool({ default: false, rest: "isSharedCpu" }),
  maximumPersistentDisks: int({ default: 0 }),
  maximumPersistentDisksSizeGb: int({ default: 0 }),
  memoryMb: int({ default: 0 }),
  name: string(),
  selfLink: string({ default: "" }),
};

/** The machine types of a zone that a filter leaves. The zone is not the stack's unless it is said. */
export const getMachineTypes: LookUp = {
  token: "gcp:compute/getMachineTypes:getMachineTypes",
  fields: { filter: string(), project: string(), zone: string() },

  async read(work, asked) {
    const { project } = placeOf(asked, work.config);
    const { filter = "", zone = "" } = asked as { filter?: string; zone?: string };
    const found: JsonObject[] = [];
    for (let pageToken = ""; ; ) {
      const query = { ...(filter ? { filter } : {}), ...(pageToken ? { pageToken } : {}) };
      const page = await work.compute
        .get(`projects/${project}/zones/${zone}/machineTypes`, work.signal, query)
        .catch(prefix("Error retrieving machine types"));
      found.push(...((page.items ?? []) as JsonObject[]));
      pageToken = String(page.nextPageToken ?? "");
      if (pageToken === "") break;
    }
    return {
      ...asked,
      id: `projects/${project}/zones/${zone}/machineTypes/filters/${filter}`,
      machineTypes: found.map(describe),
      project,
      zone,
    } as Props;
  },
};

function describe(type: JsonObject): Props {
  const {
    bundledLocalSsds: ssds,
    deprecated,
    accelerators = [],
  } = type as Record<string, JsonObject | undefined>;
  return {
    ...fromRest(outputs, type),
    accelerators: accelerators as never,
    bundledLocalSsds: ssds
      ? [{ defaultInterface: ssds.defaultInterface, partitionCount: ssds.partitionCount }]
      : [],
    deprecateds: deprecated ? [{ replacement: deprecated.replacement ?? "", state: deprecated.state }] : [],
  } as Props;
}
