import { getImage } from "@pulumi/gcp/compute/getImage";
import { getMachineTypes } from "@pulumi/gcp/compute/getMachineTypes";
import * as pulumi from "@pulumi/pulumi";
import { nearest } from "../core/nearest";
import type { Settings } from "../core/settings";
import { seriesName } from "../core/settings/machineSeries";
import { endRun } from "./endRun";

type Wanted = Pick<Settings, "image" | "machineType" | "zones">;

/**
 * Looks the image up and, in each zone, the machine type, also in a preview. The run ends before a VM or its data disk
 * is touched, since the provider stops or deletes first and asks for what replaces it afterwards. Where no VM is to
 * change, a running cluster must not be held up by what is no longer offered: then it is a warning.
 */
export function requireAvailable(
  wanted: Wanted,
  changesVms: pulumi.Output<boolean>,
  parent: pulumi.Resource,
): pulumi.Output<void> {
  return pulumi.all([missing(wanted, parent), changesVms]).apply(async ([lines, isNeeded]) => {
    if (lines.length === 0) return;
    const list = lines.map((line) => `\n  - ${line}`).join("");
    if (isNeeded) return endRun(`Google Cloud does not have what is set; no VM was touched:${list}`);
    return pulumi.log.warn(`Google Cloud no longer has what a lost VM would be made of:${list}`, parent);
  });
}

/** A line for the image and for each answer about the machine type, where it is not available. Exported for its test. */
export async function missing(wanted: Wanted, parent: pulumi.Resource): Promise<string[]> {
  const { image, machineType, zones } = wanted;
  const [ofImage, ...ofZones] = await Promise.all([
    missingImage(image, parent),
    ...zones.map((zone) => missingType(machineType, zone, parent)),
  ]);
  const zonesOf = (answer: string) => zones.filter((_, index) => ofZones[index] === answer).join(", ");
  const ofType = [...new Set(ofZones)]
    .filter((answer) => answer !== "")
    .map((answer) => `machineType: got ${JSON.stringify(machineType)}; in ${zonesOf(answer)}: ${answer}`);
  return [...(ofImage ? [`image: got ${JSON.stringify(image)}; ${ofImage}`] : []), ...ofType];
}

async function missingImage(image: string, parent: pulumi.Resource): Promise<string> {
  const [, project = "", family, name = ""] =
    /projects\/([^/]+)\/global\/images\/(family\/)?([^/]+)$/.exec(image) ?? [];
  const field = family ? "family" : "name";
  const ask = (args: object) => getImage({ project, ...args }, { parent });
  try {
    await ask({ [field]: name });
    return "";
  } catch (error) {
    const like = await newestLike(name, (pattern) =>
      ask({ filter: `${field} eq ${pattern}`, mostRecent: true }),
    );
    return wordsOf(error) + (like ? `; like it is ${like.replace(/^.*(?=projects\/)/, "")}` : "");
  }
}

/** The newest image whose name or family begins as this one does, the longest beginning first. */
async function newestLike(
  name: string,
  ask: (pattern: string) => Promise<{ selfLink: string }>,
): Promise<string> {
  const parts = name.split("-");
  for (let count = parts.length - 1; count > 0; count--) {
    const found = await ask(`${parts.slice(0, count).join("-")}-.*`).catch(() => undefined);
    if (found) return found.selfLink;
  }
  return "";
}

async function missingType(machineType: string, zone: string, parent: pulumi.Resource): Promise<string> {
  const names = async (filter?: string) => {
    const { machineTypes } = await getMachineTypes({ zone, ...(filter ? { filter } : {}) }, { parent });
    return machineTypes.map(({ name }) => name);
  };
  // Custom types are in no list: all that can be seen is whether the zone has their series.
  const filter = /(^|-)custom-/.test(machineType)
    ? `name eq ${seriesName(machineType)}-.*`
    : `name = "${machineType}"`;
  try {
    if ((await names(filter)).length > 0) return "";
    return `there is none; near it are ${nearest(machineType, await names()).join(", ")}`;
  } catch (error) {
    return wordsOf(error);
  }
}

/** The API's words, without those of the engine and the plugin around them. */
function wordsOf(error: unknown): string {
  const message = String((error as Error).message);
  return /(?:error retrieving|googleapi:)[^\n]*/i.exec(message)?.[0] ?? message.replace(/\s+/g, " ");
}
