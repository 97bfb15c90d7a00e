import type { HostSpec } from "../hosts/backend";
import { natIps } from "./externalAddresses";
import { hostRelease } from "./images";
import { linkedPath } from "./paths";
import type { Resource, Store } from "./store";

interface InstanceDisk {
  readonly boot: boolean;
  readonly source: string;
  readonly deviceName: string;
}

/** The disk's id in the lab: GCE's own, so that a deleted and remade disk is another one. */
export function diskId(disk: Resource): string {
  return `disk-${String(disk.id)}`;
}

/** What the hosts need to know of an instance. */
export function toHostSpec(instance: Resource, store: Store): HostSpec {
  const disks = (instance.disks as InstanceDisk[]).map((disk) => {
    const resource = store.get(linkedPath(disk.source));
    if (!resource)
      throw new Error(`instance ${String(instance.name)} has a disk that is not there: ${disk.source}`);
    return { ...disk, id: diskId(resource) };
  });
  const boot = disks.find((disk) => disk.boot);
  if (!boot) throw new Error(`instance ${String(instance.name)} has no boot disk`);
  const [externalIp] = natIps(instance);
  return {
    name: String(instance.name),
    ip: instanceIp(instance),
    bootDiskId: boot.id,
    attachedDisks: disks.filter((disk) => !disk.boot).map(({ id, deviceName }) => ({ id, deviceName })),
    release: hostRelease(store.get(linkedPath(boot.source)) ?? {}),
    network: linkedPath((instance.networkInterfaces as Resource[])[0]?.network),
    ...(externalIp ? { externalIp } : {}),
    tags: (instance.tags as { items?: string[] }).items ?? [],
  };
}

/** True for an instance that is meant to run, from the moment it is asked for. */
export function isOn({ status }: Resource): boolean {
  return ["PROVISIONING", "STAGING", "RUNNING"].includes(String(status));
}

/** Every instance that is meant to run. */
export function runningHosts(store: Store): HostSpec[] {
  return store
    .list("projects/")
    .filter(({ resource }) => resource.kind === "compute#instance" && isOn(resource))
    .map(({ resource }) => toHostSpec(resource, store));
}

/** The internal address of an instance. */
export function instanceIp(instance: Resource): string {
  return String((instance.networkInterfaces as { networkIP: string }[])[0]?.networkIP);
}
