import { type Change, type Operations, placeOf, type Work } from "../../engine/operations";
import { toRest } from "../../rest/mapping";
import { relativeLink } from "../../schema/links";
import type { JsonObject, Props } from "../../schema/types";
import { prefix } from "../computeOperations";
import { mutate, start, stop } from "./calls";
import { attachedDiskToRest, sameAttachment } from "./disks";
import { metadataToRest } from "./metadata";
import { externalAddressesChange, nicMoves, nicsToRest } from "./networkInterfaces";
import { instanceSchema } from "./schema";
import { changeWhileStopped, needsStop } from "./stopped";

/** Changes an instance in place, in the order of the official provider. */
export const updateInstance: Operations["update"] = async (work, change) => {
  const { id, touches } = change;
  if (touches("description")) await rewrite(work, change, "description");
  if (touches("metadata") || touches("metadataStartupScript")) await setMetadata(work, change);
  if (touches("tags")) await setTags(work, change);
  if (touches("effectiveLabels")) await setLabels(work, change);
  if (touches("scheduling")) await setScheduling(work, change);
  await changeExternalAddresses(work, change);
  await changeStackTypes(work, change);
  if (touches("bootDisk")) await changeBootDisk(work, change);
  if (touches("attachedDisks")) await changeAttachedDisks(work, change);
  if (touches("deletionProtection")) {
    await mutate(work, id, {
      verb: "/setDeletionProtection",
      query: { deletionProtection: String(change.wanted.deletionProtection ?? false) },
      refused: "Error updating deletion protection flag",
      activity: "deletion protection to update",
    });
  }
  if (touches("canIpForward")) await rewrite(work, change, "canIpForward");
  if (needsStop(change)) await changeWhileStopped(work, change);
  else if (touches("desiredStatus")) await changeStatus(work, change);
};

/** Some properties have no call of their own: the whole instance is sent back. */
async function rewrite(
  work: Work,
  { id, wanted }: Change,
  property: "description" | "canIpForward",
): Promise<void> {
  const live = await work.compute.get(id, work.signal).catch(prefix("Error retrieving instance"));
  const value = wanted[property] ?? (property === "description" ? "" : false);
  const body = { ...live, [property]: value } as JsonObject;
  const activity = property === "description" ? "description, updating" : "can_ip_forward, updating";
  await mutate(work, id, { method: "PUT", body, refused: "Error updating instance", activity });
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
    body: { items: (wanted.tags ?? []) as string[], fingerprint: olds.tagsFingerprint as string },
    refused: "Error updating tags",
    activity: "tags to update",
  });
}

async function setLabels(work: Work, { id, wanted }: Change): Promise<void> {
  const live = await work.compute.get(id, work.signal);
  await mutate(work, id, {
    verb: "/setLabels",
    body: { labels: (wanted.effectiveLabels ?? {}) as JsonObject, labelFingerprint: live.labelFingerprint },
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

/** External addresses can't be changed, only taken away and given anew. */
async function changeExternalAddresses(work: Work, { id, wanted, changes }: Change): Promise<void> {
  const nics = nicsToRest(wanted.networkInterfaces, placeOf(wanted, work.config));
  for (const [index, nic] of nics.entries()) {
    if (!externalAddressesChange(changes, index) || nicMoves(changes, index)) continue;
    const live = await work.compute.get(id, work.signal);
    const current = ((live.networkInterfaces ?? []) as JsonObject[])[index] ?? {};
    const networkInterface = String(current.name);
    for (const config of (current.accessConfigs ?? []) as JsonObject[]) {
      await mutate(work, id, {
        verb: "/deleteAccessConfig",
        query: { networkInterface, accessConfig: String(config.name) },
        refused: "Error deleting old access_config",
        activity: "old access_config to delete",
      });
    }
    for (const config of (nic.accessConfigs ?? []) as JsonObject[]) {
      await mutate(work, id, {
        verb: "/addAccessConfig",
        query: { networkInterface },
        body: config,
        refused: "Error adding new access_config",
        activity: "new access_config to add",
      });
    }
  }
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

async function changeBootDisk(work: Work, { id, wanted, changes }: Change): Promise<void> {
  const boot = wanted.bootDisk as Props;
  const params = (boot.initializeParams ?? {}) as Props;
  const disk = relativeLink(String(boot.source));
  if ("bootDisk.initializeParams.size" in changes) {
    const refused = "Error updating disk";
    await mutate(work, disk, {
      verb: "/resize",
      body: { sizeGb: String(params.size) },
      refused,
      activity: "updating disk",
    });
  }
  if (Object.keys(changes).some((path) => path.startsWith("bootDisk.initializeParams.labels"))) {
    const live = await work.compute.get(disk, work.signal);
    await mutate(work, disk, {
      verb: "/setLabels",
      body: { labels: (params.labels ?? {}) as JsonObject, labelFingerprint: live.labelFingerprint },
      refused: "Error updating disk",
      activity: "updating disk",
    });
  }
  if ("bootDisk.autoDelete" in changes) {
    await mutate(work, id, {
      verb: "/setDiskAutoDelete",
      query: { autoDelete: String(boot.autoDelete), deviceName: String(boot.deviceName) },
      refused: "Error changing auto_delete",
      activity: "changing auto_delete",
    });
  }
}

/** Detaches what is no longer wanted, then attaches what is missing; the instance itself says what is attached. */
async function changeAttachedDisks(work: Work, { id, wanted }: Change): Promise<void> {
  const place = placeOf(wanted, work.config);
  const live = await work.compute.get(id, work.signal);
  const attached = ((live.disks ?? []) as JsonObject[]).filter((disk) => disk.boot !== true);
  const asked = ((wanted.attachedDisks ?? []) as Props[]).map((disk) => attachedDiskToRest(disk, place));
  for (const disk of attached.filter((a) => !asked.some((b) => sameAttachment(a, b)))) {
    await mutate(work, id, {
      verb: "/detachDisk",
      query: { deviceName: String(disk.deviceName) },
      refused: "Error detaching disk",
      activity: "detaching disk",
    });
  }
  for (const disk of asked.filter((b) => !attached.some((a) => sameAttachment(a, b)))) {
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
  if (wanted.desiredStatus === "TERMINATED") await stop(work, id, activity);
  else if (wanted.desiredStatus === "SUSPENDED") {
    await mutate(work, id, { verb: "/suspend", refused: "Error suspending instance", activity });
  } else if (wanted.desiredStatus === "RUNNING") {
    const suspended = olds.desiredStatus === "SUSPENDED" || olds.currentStatus === "SUSPENDED";
    if (suspended) await mutate(work, id, { verb: "/resume", refused: "Error resuming instance", activity });
    else await start(work, id, activity);
  }
}
