import { type Change, type Operations, placeOf, type Work } from "../../engine/operations";
import { settle } from "../../engine/plan";
import { toRest } from "../../rest/mapping";
import { relativeLink } from "../../schema/links";
import type { JsonObject, Props } from "../../schema/types";
import { prefix } from "../computeOperations";
import { changeExternalAddresses, clearSecurityPolicy } from "./accessConfigs";
import { getInstance, mutate, start } from "./calls";
import { attachedDiskToRest, sameAttachment } from "./disks";
import { metadataToRest } from "./metadata";
import { nicMoves } from "./networkInterfaces";
import { instanceSchema } from "./schema";
import { changeWhileStopped, needsStop } from "./stopped";
import { tagsToRest } from "./tags";

/** Changes an instance in place, in the order of the official provider. */
export const updateInstance: Operations["update"] = async (work, change) => {
  const { id, touches } = change;
  const live = await getInstance(work, id).catch(prefix("Error retrieving instance"));
  if (touches("description")) await rewrite(work, change, "description");
  if (touches("metadata") || touches("metadataStartupScript")) await setMetadata(work, change);
  if (touches("tags")) await setTags(work, change);
  if (touches("effectiveLabels")) await setLabels(work, change);
  if (touches("scheduling")) await setScheduling(work, change);
  const readdressed = await changeExternalAddresses(work, change, live);
  await changeStackTypes(work, change);
  if (touches("bootDisk")) await changeBootDisk(work, change);
  if (touches("attachedDisks")) await changeAttachedDisks(work, change, live);
  if ("bootDisk.autoDelete" in change.changes) await setAutoDelete(work, change);
  if (touches("deletionProtection")) {
    await mutate(work, id, {
      verb: "/setDeletionProtection",
      query: { deletionProtection: String(change.wanted.deletionProtection ?? false) },
      refused: "Error updating deletion protection flag",
      activity: "deletion protection to update",
    });
  }
  if (touches("canIpForward")) await rewrite(work, change, "canIpForward");
  if (needsStop(change)) await changeWhileStopped(work, change, live);
  else if (touches("desiredStatus")) await changeStatus(work, change);
  await clearSecurityPolicy(work, id, readdressed);
};

/** Some properties have no call of their own: the whole instance is sent back. */
async function rewrite(
  work: Work,
  { id, wanted }: Change,
  property: "description" | "canIpForward",
): Promise<void> {
  const live = await getInstance(work, id).catch(prefix("Error retrieving instance"));
  const value = wanted[property] ?? (property === "description" ? "" : false);
  const disks = ((live.disks ?? []) as JsonObject[]).map(({ initializeParams: _, ...disk }) => disk);
  const body = { ...live, disks, [property]: value } as JsonObject;
  const activity = property === "description" ? "description, updating" : "can_ip_forward, updating";
  await mutate(work, id, {
    method: "PUT",
    query: { view: "FULL" },
    body,
    refused: "Error updating instance",
    activity,
  });
}

async function setMetadata(work: Work, { id, wanted }: Change): Promise<void> {
  const live = await work.compute.get(id, work.signal).catch(prefix("Error retrieving metadata"));
  const { fingerprint } = (live.metadata ?? {}) as JsonObject;
  await mutate(work, id, {
    verb: "/setMetadata",
    body: { ...metadataToRest(wanted), fingerprint },
    refused: "Error updating metadata",
    activity: "metadata to update",
  });
}

async function setTags(work: Work, { id, wanted, olds }: Change): Promise<void> {
  await mutate(work, id, {
    verb: "/setTags",
    body: { ...tagsToRest(wanted), fingerprint: olds.tagsFingerprint as string },
    refused: "Error updating tags",
    activity: "tags to update",
  });
}

async function setLabels(work: Work, { id, wanted, olds }: Change): Promise<void> {
  await mutate(work, id, {
    verb: "/setLabels",
    body: { labels: wanted.effectiveLabels ?? {}, labelFingerprint: olds.labelFingerprint } as JsonObject,
    refused: "Error updating labels",
    activity: "labels to update",
  });
}

async function setScheduling(work: Work, { id, wanted }: Change): Promise<void> {
  const place = placeOf(wanted, work.config);
  const { scheduling } = toRest(instanceSchema.fields, wanted, place, (key) => key === "scheduling");
  await mutate(work, id, {
    verb: "/setScheduling",
    body: (scheduling ?? {}) as JsonObject,
    refused: "Error updating scheduling policy",
    activity: "scheduling policy update",
  });
}

async function changeStackTypes(work: Work, { id, wanted, changes }: Change): Promise<void> {
  for (const [index, nic] of ((wanted.networkInterfaces ?? []) as Props[]).entries()) {
    if (!(`networkInterfaces[${index}].stackType` in changes) || nicMoves(changes, index)) continue;
    const live = await work.compute.get(id, work.signal);
    const current = ((live.networkInterfaces ?? []) as JsonObject[])[index] ?? {};
    await mutate(work, id, {
      method: "PATCH",
      verb: "/updateNetworkInterface",
      query: { networkInterface: String(current.name) },
      body: { stackType: nic.stackType as string, fingerprint: current.fingerprint },
      refused: "Error updating network interface",
      activity: "network interface to update",
    });
  }
}

async function changeBootDisk(work: Work, { wanted, changes }: Change): Promise<void> {
  const boot = wanted.bootDisk as Props;
  const params = (boot.initializeParams ?? {}) as Props;
  const disk = relativeLink(String(boot.source));
  const { labelFingerprint } = await work.compute
    .get(disk, work.signal)
    .catch(prefix("Error getting boot disk"));
  const inPlace = { refused: "Error updating disk", activity: "updating disk" };
  const resized = "bootDisk.initializeParams.size" in changes ? { sizeGb: params.size as number } : {};
  if ("sizeGb" in resized) await mutate(work, disk, { verb: "/resize", body: resized, ...inPlace });
  if (Object.keys(changes).some((path) => path.startsWith("bootDisk.initializeParams.labels"))) {
    const labels = (params.labels ?? {}) as JsonObject;
    // The official provider reuses one body.
    const body = { ...resized, labels, labelFingerprint };
    await mutate(work, disk, { verb: "/setLabels", body, ...inPlace });
  }
}

async function setAutoDelete(work: Work, { id, wanted }: Change): Promise<void> {
  const { autoDelete, deviceName } = wanted.bootDisk as Props;
  await mutate(work, id, {
    verb: "/setDiskAutoDelete",
    query: { autoDelete: String(autoDelete), deviceName: String(deviceName) },
    refused: "Error changing auto_delete",
    activity: "changing auto_delete",
  });
}

/** Detaches what is no longer wanted, then attaches what is new; what is detached already needs no detaching. */
async function changeAttachedDisks(
  work: Work,
  { id, olds, wanted }: Change,
  live: JsonObject,
): Promise<void> {
  const place = placeOf(wanted, work.config);
  const asDisks = (value: Props[string]) =>
    ((value ?? []) as Props[]).map((disk) => attachedDiskToRest(settle(disk), place));
  const attached = ((live.disks ?? []) as JsonObject[]).filter((disk) => disk.boot !== true);
  const before = asDisks(olds.attachedDisks).filter((disk) =>
    attached.some(({ deviceName }) => deviceName === disk.deviceName),
  );
  const asked = asDisks(wanted.attachedDisks);
  for (const disk of before.filter((a) => !asked.some((b) => sameAttachment(a, b)))) {
    await mutate(work, id, {
      verb: "/detachDisk",
      query: { deviceName: String(disk.deviceName) },
      refused: "Error detaching disk",
      activity: "detaching disk",
    });
  }
  for (const disk of asked.filter((b) => !before.some((a) => sameAttachment(a, b)))) {
    await mutate(work, id, {
      verb: "/attachDisk",
      body: disk,
      refused: "Error attaching disk ",
      activity: "attaching disk",
    });
  }
}

async function changeStatus(work: Work, { id, olds, wanted }: Change): Promise<void> {
  const activity = "updating status";
  if (wanted.desiredStatus === "TERMINATED") await mutate(work, id, { verb: "/stop", activity });
  else if (wanted.desiredStatus === "SUSPENDED") await mutate(work, id, { verb: "/suspend", activity });
  else if (wanted.desiredStatus === "RUNNING") {
    if (olds.desiredStatus === "SUSPENDED") await mutate(work, id, { verb: "/resume", activity });
    else await start(work, id, wanted, activity);
  }
}
