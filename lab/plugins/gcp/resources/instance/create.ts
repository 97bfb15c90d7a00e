import { setTimeout as sleep } from "node:timers/promises";
import { formatId, type Operations, placeOf, type Work } from "../../engine/operations";
import { isNotFound } from "../../rest/errors";
import { toRest } from "../../rest/mapping";
import { waitForOperation } from "../../rest/operation";
import { parseImage } from "../../schema/images";
import { linkPart, type Place, relativeLink } from "../../schema/links";
import type { JsonObject, Props } from "../../schema/types";
import { prefix } from "../computeOperations";
import { getInstance, mutate, stop } from "./calls";
import { attachedDiskToRest, bootDiskToRest } from "./disks";
import { metadataToRest } from "./metadata";
import { nicsToRest } from "./networkInterfaces";
import { instanceSchema } from "./schema";
import { tagsToRest } from "./tags";

const STATUS_POLL_MS = 200;

/** Makes an instance, waits until it runs, and brings it to the desired status. */
export const createInstance: Operations["create"] = async (work, wanted, made) => {
  const place = placeOf(wanted, work.config);
  const { project, zone } = place;
  const id = formatId(instanceSchema.idFormat, wanted);
  const body = await instanceBody(work, wanted, place);
  const started = await work.compute
    .send("POST", `projects/${project}/zones/${zone}/instances`, body, work.signal)
    .catch(prefix("Error creating instance"));
  await waitForOperation(work, project, started, "instance to create");
  made(id);
  await waitForStatus(work, id, "RUNNING");
  await leaveAs(work, id, wanted.desiredStatus).catch(
    prefix("Error changing instance status after creation"),
  );
};

async function instanceBody(work: Work, wanted: Props, place: Place): Promise<JsonObject> {
  const boot = wanted.bootDisk as Props;
  const image = (boot.initializeParams as Props | undefined)?.image;
  const source =
    typeof image === "string" && image !== "" ? await resolveImage(work, image, place) : undefined;
  const attached = ((wanted.attachedDisks ?? []) as Props[]).map((disk) => attachedDiskToRest(disk, place));
  const labels = wanted.effectiveLabels as JsonObject | undefined;
  return {
    ...toRest(instanceSchema.fields, wanted, place, (property) => property !== "zone"),
    disks: [bootDiskToRest(boot, source, place), ...attached],
    networkInterfaces: nicsToRest(wanted.networkInterfaces, place),
    metadata: metadataToRest(wanted),
    params: {},
    tags: tagsToRest(wanted),
    ...(labels && Object.keys(labels).length > 0 ? { labels } : {}),
  };
}

async function leaveAs(work: Work, id: string, status: Props[string]): Promise<void> {
  if (status === "TERMINATED") await stop(work, id, "changing instance status");
  else if (status === "SUSPENDED") {
    const refused = "Error suspending instance";
    await mutate(work, id, { verb: "/suspend", refused, activity: "changing instance status" });
  } else return;
  await waitForStatus(work, id, status);
}

async function waitForStatus(work: Work, id: string, status: string): Promise<void> {
  for (;;) {
    const live = await getInstance(work, id).catch(prefix("Error waiting for status"));
    if (live.status === status) return;
    await sleep(STATUS_POLL_MS, undefined, { signal: work.signal });
  }
}

/** The link that an image's name stands for: the image of that name or, if there is none, the family. */
async function resolveImage(work: Work, reference: string, place: Place): Promise<string> {
  const project = linkPart(reference, "projects");
  const { project: named, name, mayBeImage, mayBeFamily } = parseImage(reference);
  if (project !== undefined) return relativeLink(reference);
  const of = named ?? place.project;
  const image = `projects/${of}/global/images/${name}`;
  const family = `projects/${of}/global/images/family/${name}`;
  if (mayBeImage && !mayBeFamily) return image;
  if (mayBeFamily && !mayBeImage) return family;
  for (const link of [image, family]) {
    const found = await work.compute.get(link, work.signal).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
    if (found) return link;
  }
  throw new Error(`Error resolving image name '${reference}': Could not find image or family ${reference}`);
}
