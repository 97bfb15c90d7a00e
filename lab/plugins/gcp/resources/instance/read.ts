import { labelsFromRest } from "../../engine/labels";
import { type Operations, parseId, type Work } from "../../engine/operations";
import { fromRest } from "../../rest/mapping";
import { relativeLink } from "../../schema/links";
import type { JsonObject, Props } from "../../schema/types";
import { goneOr } from "../computeOperations";
import { getInstance } from "./calls";
import { attachedDisksFromRest, bootDiskFromRest } from "./disks";
import { metadataFromRest } from "./metadata";
import { nicsFromRest } from "./networkInterfaces";
import { instanceSchema } from "./schema";

/** An instance with its boot disk, which is a resource of its own. */
export const readInstance: Operations["read"] = async (work, id, known) => {
  const identity = parseId(instanceSchema.idFormat, id, work.config);
  const path = `projects/${identity.project}/zones/${identity.zone}/instances/${identity.name}`;
  const live = await getInstance(work, path).catch(goneOr(`Instance "${identity.name}"`));
  if (!live) return undefined;
  const disks = (live.disks ?? []) as JsonObject[];
  return {
    ...fromRest(instanceSchema.fields, live),
    ...identity,
    ...labelsFromRest(live, known),
    ...metadataFromRest(live, known),
    ...(await readBootDisk(work, disks)),
    attachedDisks: attachedDisksFromRest(disks, known.attachedDisks),
    networkInterfaces: nicsFromRest((live.networkInterfaces ?? []) as JsonObject[]),
    ...(known.desiredStatus ? { desiredStatus: String(live.status) } : {}),
  };
};

async function readBootDisk(work: Work, disks: JsonObject[]): Promise<Props> {
  const entry = disks.find((disk) => disk.boot === true);
  if (!entry) return {};
  const source = relativeLink(String(entry.source));
  const disk = await work.compute.get(source, work.signal).catch(goneOr(`Disk "${source}"`));
  return { bootDisk: bootDiskFromRest(entry, disk) };
}
