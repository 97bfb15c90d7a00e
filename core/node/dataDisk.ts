import { contentHash } from "./contentHash";

/** What a change of makes a controller's data disk another one, without the data. */
export interface DataDisk {
  readonly zone: string;
  readonly type: string;
  readonly sizeGb: number;
  /** The Cloud KMS key; empty for Google's own. */
  readonly kmsKey: string;
}

/** By controller's name. */
export type DataDisks = Readonly<Record<string, DataDisk>>;

/** Data disks that a change deletes, with all that is on them. */
export interface DataLoss {
  /** One line each: what the disk is, and what it is to be. */
  readonly lines: readonly string[];
  /** What the setting `acceptDataLoss` has to be for this change and no other. */
  readonly consent: string;
}

/** The data disks of `before` that are replaced by those that are declared; a controller that leaves is another matter. */
export function dataLoss(before: DataDisks, declared: DataDisks): DataLoss | undefined {
  const lines = Object.entries(before).flatMap(([controller, disk]) => {
    const next = declared[controller];
    if (!next) return [];
    const stays = isSameButSize(next, disk) && next.sizeGb >= disk.sizeGb;
    return stays ? [] : [`${controller}: ${inWords(disk)}, would be ${inWords(next)}`];
  });
  return lines.length === 0 ? undefined : { lines, consent: contentHash(lines) };
}

/** The same, or one that the other can grow to. */
export function isSameButSize(a: DataDisk, b: DataDisk): boolean {
  return a.zone === b.zone && a.type === b.type && a.kmsKey === b.kmsKey;
}

function inWords({ zone, type, sizeGb, kmsKey }: DataDisk): string {
  return `${type} of ${sizeGb} GB in ${zone}${kmsKey ? `, encrypted by ${kmsKey}` : ""}`;
}

/**
 * What ends the run, unless `acceptDataLoss` names this change.
 *
 * @param last the disks of the last successful `up`; consent to what it began counts until the rest is done.
 * @param present those that there are now.
 */
export function dataLossProblem(
  last: DataDisks,
  present: DataDisks,
  declared: DataDisks,
  acceptDataLoss: string,
): string | undefined {
  const loss = dataLoss(present, declared);
  if (!loss) return undefined;
  const begun = dataLoss(last, declared);
  const isRest = begun?.consent === acceptDataLoss && loss.lines.every((line) => begun.lines.includes(line));
  if (isRest || loss.consent === acceptDataLoss) return undefined;
  const count = Object.keys(present).length;
  const what =
    count > 1
      ? `the data on them is deleted, one member after the other joins again${loss.lines.length === count ? "" : ", and the others keep theirs"}`
      : "all data of the cluster is deleted";
  return [
    `this change replaces data disks: ${what}. No VM or data disk was touched:`,
    ...loss.lines.map((line) => `  - ${line}`),
    "Set zones, dataDiskType, diskKmsKey and dataDiskSizeGb to what the disks are. If the loss is meant, say so for this one change, and take a snapshot first:",
    `  pulumi config set etcd-on-gce:acceptDataLoss ${loss.consent}`,
  ].join("\n");
}
