import type { Location } from "./collection";
import { diskTypeOf } from "./diskTypes";
import { ApiError, invalid, notFound } from "./errors";
import { changesInPlace, MACHINE_SERIES, type MachineSeries, SHARED_CORE_TYPES } from "./machineSeries";
import { baseName, selfLink } from "./paths";
import type { Resource } from "./store";

/** A machine type, with the series that it is of. */
interface MachineType {
  readonly name: string;
  readonly seriesName: string;
  readonly series: MachineSeries;
  readonly vcpus: number;
  readonly memoryMb: number;
}

/** The link of a machine type given by name or link. @throws 400 unless the zone has it. */
export function machineTypeLink(type: unknown, at: Location): string {
  const name = baseName(String(type));
  if (!findType(name, at)) {
    const zone = baseName(at.scope);
    throw invalid(
      "resource.machineType",
      type,
      `Machine type with name '${name}' does not exist in zone '${zone}'.`,
    );
  }
  return selfLink(`projects/${at.project}/${at.scope}/machineTypes/${name}`);
}

/** The machine type resources of a zone; custom types are in no list. */
export function machineTypes(at: Location): Resource[] {
  const names = Object.entries(MACHINE_SERIES).flatMap(([series, { memory, vcpus }]) =>
    Object.keys(memory).flatMap((shape) => vcpus.map((count) => `${series}-${shape}-${count}`)),
  );
  return [...names, ...Object.keys(SHARED_CORE_TYPES)]
    .sort()
    .flatMap((name) => findType(name, at) ?? [])
    .map((type) => toResource(type, at));
}

/** One machine type. @throws 404 when the zone does not have it. */
export function machineType(name: string, at: Location): Resource {
  const type = findType(name, at);
  if (!type) throw notFound(`projects/${at.project}/${at.scope}/machineTypes/${name}`);
  return toResource(type, at);
}

/** The processor that a VM of a type runs on. */
export function cpuPlatformOf(type: unknown): string {
  return parse(baseName(String(type)))?.series.cpuPlatform ?? "";
}

/** @throws 400 when a VM of the machine type does not take a disk of the disk type. */
export function checkDiskFits(machineTypeRef: unknown, diskType: unknown, boot: boolean): void {
  const type = parse(baseName(String(machineTypeRef)));
  const disk = baseName(String(diskType));
  if (type && type.vcpus < (type.series.disks[disk] ?? Number.POSITIVE_INFINITY))
    throw unsuited(`${disk} disk type cannot be used by ${type.name} machine type.`);
  if (boot && !diskTypeOf(disk).boot) throw unsuited(`${disk} disk type cannot be used for a boot disk.`);
}

/** @throws 400 when a VM of the machine type does not run an image of the architecture. */
export function checkArchitecture(machineTypeRef: unknown, architecture: unknown): void {
  const type = parse(baseName(String(machineTypeRef)));
  if (type && architecture !== undefined && architecture !== type.series.architecture) {
    throw unsuited(
      `The boot disk's architecture ${String(architecture)} cannot be used by ${type.name} machine type, whose architecture is ${type.series.architecture}.`,
    );
  }
}

/** @throws 400 when Google does not change the one type into the other in place. */
export function checkChangesInPlace(from: unknown, to: unknown): void {
  const [before, after] = [parse(baseName(String(from))), parse(baseName(String(to)))];
  if (before && after && !changesInPlace(before.seriesName, after.seriesName)) {
    throw invalid(
      "resource.machineType",
      to,
      `The machine type of an instance cannot be changed from ${before.name} to ${after.name}: move the workload to a new instance.`,
    );
  }
}

function unsuited(message: string): ApiError {
  return new ApiError(400, "badRequest", message);
}

function findType(name: string, { scope }: Location): MachineType | undefined {
  const type = parse(name);
  return type && (type.series.zones?.test(baseName(scope)) ?? true) ? type : undefined;
}

function parse(name: string): MachineType | undefined {
  const shared = Object.hasOwn(SHARED_CORE_TYPES, name) ? SHARED_CORE_TYPES[name] : undefined;
  if (shared) return of(name.startsWith("e2-") ? "e2" : "n1", name, ...shared);
  const [, customSeries = "n1", customVcpus, customMb] =
    /^(?:([a-z]\d[a-z]?)-)?custom-(\d+)-(\d+)(?:-ext)?$/.exec(name) ?? [];
  if (customVcpus) {
    const type = of(customSeries, name, Number(customVcpus), Number(customMb));
    return type?.series.custom ? type : undefined;
  }
  const [, seriesName = "", shape = "", count] = /^([a-z]\d[a-z]?)-([a-z]+)-(\d+)$/.exec(name) ?? [];
  const type = of(seriesName, name, Number(count), 0);
  const memory = type?.series.memory[shape];
  if (!type || !memory || !type.series.vcpus.includes(type.vcpus)) return undefined;
  return { ...type, memoryMb: Math.round(memory * 1024 * type.vcpus) };
}

function of(seriesName: string, name: string, vcpus: number, memoryMb: number): MachineType | undefined {
  const series = Object.hasOwn(MACHINE_SERIES, seriesName) ? MACHINE_SERIES[seriesName] : undefined;
  return series && { name, seriesName, series, vcpus, memoryMb };
}

function toResource({ name, series, vcpus, memoryMb }: MachineType, at: Location): Resource {
  return {
    kind: "compute#machineType",
    // Google's are numbers as well; no one looks a type up by it.
    id: String(1_000_000 + vcpus),
    creationTimestamp: "1969-12-31T16:00:00.000-08:00",
    name,
    description: `${vcpus} vCPUs, ${memoryMb / 1024} GB RAM`,
    guestCpus: vcpus,
    memoryMb,
    imageSpaceGb: 0,
    maximumPersistentDisks: 128,
    maximumPersistentDisksSizeGb: "263168",
    // A name, where other resources have a link.
    zone: baseName(at.scope),
    isSharedCpu: Object.hasOwn(SHARED_CORE_TYPES, name),
    architecture: series.architecture,
    selfLink: selfLink(`projects/${at.project}/${at.scope}/machineTypes/${name}`),
  };
}
