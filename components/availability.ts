import { getImage } from "@pulumi/gcp/compute/getImage";
import { getMachineTypes } from "@pulumi/gcp/compute/getMachineTypes";
import * as pulumi from "@pulumi/pulumi";
import { nearest } from "../core/nearest";
import type { Settings } from "../core/settings";
import { seriesName } from "../core/settings/machineSeries";

type Wanted = Pick<Settings, "image" | "machineType" | "zones">;

/**
 * Looks the image up and, in each zone, the machine type, in a preview, too. The run ends before a VM or its data disk
 * is touched, since the provider stops or deletes first and asks for what replaces it afterwards. Where no VM is to
 * change, a cluster that stands must not be held up by what is no longer offered: then it is a warning.
 */
export function requireAvailable(
  wanted: Wanted,
  changesVms: pulumi.Output<boolean>,
  parent: pulumi.Resource,
): pulumi.Output<void> {
  return pulumi.all([missing(wanted, parent), changesVms]).apply(([lines, isNeeded]) => {
    if (lines.length === 0) return;
    const list = lines.map((line) => `\n  - ${line}`).join("");
    if (isNeeded)
      throw new pulumi.RunError(`Google Cloud does not have what is set; no VM was touched:${list}`);
    void pulumi.log.warn(`Google Cloud no longer has what a lost VM would be made of:${list}`, parent);
  });
}

async function missing({ image, machineType, zones }: Wanted, parent: pulumi.Resource): Promise<string[]> {
  const asked = [missingImage(image, parent), ...zones.map((zone) => missingType(machineType, zone, parent))];
  return (await Promise.all(asked)).flat();
}

async function missingImage(image: string, parent: pulumi.Resource): Promise<string[]> {
  const [, project = "", family, name = ""] =
    /projects\/([^/]+)\/global\/images\/(family\/)?([^/]+)$/.exec(image) ?? [];
  const field = family ? "family" : "name";
  const ask = (args: object) => getImage({ project, ...args }, { parent });
  try {
    await ask({ [field]: name });
    return [];
  } catch (error) {
    const like = await newestLike(name, (pattern) =>
      ask({ filter: `${field} eq ${pattern}`, mostRecent: true }),
    );
    const hint = like ? `; like it is ${like.replace(/^.*(?=projects\/)/, "")}` : "";
    return [`image: got ${JSON.stringify(image)}; ${wordsOf(error)}${hint}`];
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

async function missingType(machineType: string, zone: string, parent: pulumi.Resource): Promise<string[]> {
  const names = async (filter?: string) => {
    const { machineTypes } = await getMachineTypes({ zone, ...(filter ? { filter } : {}) }, { parent });
    return machineTypes.map(({ name }) => name);
  };
  // Custom types are in no list: all that can be seen is whether the zone has their series.
  const filter = /(^|-)custom-/.test(machineType)
    ? `name eq ${seriesName(machineType)}-.*`
    : `name = "${machineType}"`;
  try {
    if ((await names(filter)).length > 0) return [];
    const near = nearest(machineType, await names()).join(", ");
    return [
      `machineType: got ${JSON.stringify(machineType)}; zone ${zone} does not have it; near it are ${near}`,
    ];
  } catch (error) {
    return [`machineType: got ${JSON.stringify(machineType)}; zone ${zone}: ${wordsOf(error)}`];
  }
}

/** What went wrong in one line, without the engine's words around it. */
function wordsOf(error: unknown): string {
  const [line = ""] = String((error as Error).message)
    .split("\n")
    .slice(0, 1);
  return line.replace(/^.*?(error retrieving|googleapi: )/i, "$1");
}
