import { getDisk } from "@pulumi/gcp/compute/getDisk";
import { getInstance } from "@pulumi/gcp/compute/getInstance";
import * as pulumi from "@pulumi/pulumi";
import type { Controller } from "../core/etcd/topology";
import type { DataDisk, DataDisks } from "../core/node/dataDisk";
import { endRun } from "./endRun";

/** `null` when Google Cloud says that there is none. */
type LookUp<T> = Promise<NonNullable<T> | null | undefined>;

const UP = ["RUNNING", "PROVISIONING", "STAGING", "REPAIRING"];

/**
 * What Google Cloud has of a controller as the run begins. A run that failed, or a person, may have changed it since
 * the last successful `up`, whose outputs say nothing of that; the engine compares with the state.
 */
export interface LiveController {
  /** Google Cloud says that there is neither its VM nor its data disk. */
  readonly isNew: boolean;
  readonly vm?: {
    readonly isOff: boolean;
    readonly machineType: string | undefined;
    readonly fingerprint: string | undefined;
  };
  readonly disk?: DataDisk;
}

/** By controller's name. */
export type LiveControllers = Readonly<Record<string, LiveController>>;

/** @param last the data disks of the last `up`: a change may move a controller to another zone. */
export function lookUpControllers(
  controllers: readonly Controller[],
  last: pulumi.Output<DataDisks>,
  parent: pulumi.Resource,
): pulumi.Output<LiveControllers> {
  return last.apply(async (disks) => {
    const found = controllers.map(async ({ name, zone: declared }): Promise<[string, LiveController]> => {
      const zone = disks[name]?.zone ?? declared;
      const [vm, disk] = await Promise.all([lookUpVm(name, zone, parent), lookUpDisk(name, zone, parent)]);
      return [
        name,
        { isNew: vm === null && disk === null, ...(vm ? { vm } : {}), ...(disk ? { disk } : {}) },
      ];
    });
    return Object.fromEntries(await Promise.all(found));
  });
}

/** A VM's label with the fingerprint of what it was made of. */
export const FINGERPRINT_LABEL = "etcd-vm-fingerprint";

/** The name of a controller's data disk. */
export const dataDiskName = (controller: string) => `${controller}-etcd-data`;

/** A Cloud KMS key; GCE tells which version of it it took. */
export const withoutVersion = (key = "") => key.replace(/\/cryptoKeyVersions\/.*/, "");

/** Ends the run when the VM is still off. In a preview it may be: its step comes with `up`. */
export async function requireOn({ name, zone }: Controller, parent: pulumi.Resource): Promise<void> {
  if (pulumi.runtime.isDryRun() || !(await lookUpVm(name, zone, parent))?.isOff) return;
  return endRun(
    `${name} is off, and the state does not know it; run \`pulumi up --refresh\`, which starts it`,
  );
}

function lookUpVm(name: string, zone: string, parent: pulumi.Resource): LookUp<LiveController["vm"]> {
  return orNothing(name, parent, async () => {
    const { currentStatus = "RUNNING", machineType, labels } = await getInstance({ name, zone }, { parent });
    return { isOff: !UP.includes(currentStatus), machineType, fingerprint: labels?.[FINGERPRINT_LABEL] };
  });
}

function lookUpDisk(controller: string, zone: string, parent: pulumi.Resource): LookUp<DataDisk> {
  const name = dataDiskName(controller);
  return orNothing(name, parent, async () => {
    const { type, size: sizeGb, diskEncryptionKeys } = await getDisk({ name, zone }, { parent });
    return { zone, type, sizeGb, kmsKey: withoutVersion(diskEncryptionKeys[0]?.kmsKeySelfLink) };
  });
}

/** Nothing of what cannot be looked up: what is wrong there, the resource's own step tells. */
async function orNothing<T>(
  name: string,
  parent: pulumi.Resource,
  ask: () => Promise<NonNullable<T>>,
): LookUp<T> {
  try {
    return await ask();
  } catch (error) {
    void pulumi.log.debug(`${name}: ${String(error)}`, parent);
    return / not found$/m.test(String(error)) ? null : undefined;
  }
}
