import type { Architecture } from "../etcd/releases";

/** A type of disk that this program makes. */
export type DiskType = "pd-ssd" | "pd-balanced" | "hyperdisk-balanced";

/** What a machine series needs and takes. */
export interface MachineSeries {
  readonly architecture: Architecture;
  /** Machine types change in place within one lineage; into another one a VM is replaced. */
  readonly lineage: string;
  readonly bootDiskType: DiskType;
  /** Those that are fast enough for etcd. */
  readonly dataDiskTypes: readonly DiskType[];
}

const PD = { bootDiskType: "pd-balanced", dataDiskTypes: ["pd-ssd", "pd-balanced"] } as const;
const PD_AND_HYPERDISK = { ...PD, dataDiskTypes: [...PD.dataDiskTypes, "hyperdisk-balanced"] } as const;
const HYPERDISK = { bootDiskType: "hyperdisk-balanced", dataDiskTypes: ["hyperdisk-balanced"] } as const;
const EARLY = { architecture: "amd64", lineage: "first and second generation", ...PD } as const;

/**
 * The series that this program knows. Google's pages:
 * architectures https://cloud.google.com/compute/docs/instances/arm-on-compute,
 * disks https://cloud.google.com/compute/docs/disks/persistent-disks#pd_machine_series and
 * https://cloud.google.com/compute/docs/disks/hyperdisks#machine-type-support,
 * changes in place https://cloud.google.com/compute/docs/instances/changing-machine-type-of-stopped-instance
 */
export const MACHINE_SERIES: { readonly [name: string]: MachineSeries } = {
  c2: EARLY,
  c2d: EARLY,
  c3: { architecture: "amd64", lineage: "c3", ...PD_AND_HYPERDISK },
  c3d: { architecture: "amd64", lineage: "c3d", ...PD_AND_HYPERDISK },
  c4: { architecture: "amd64", lineage: "c4", ...HYPERDISK },
  c4a: { architecture: "arm64", lineage: "c4a", ...HYPERDISK },
  c4d: { architecture: "amd64", lineage: "c4d", ...HYPERDISK },
  e2: EARLY,
  n1: EARLY,
  n2: EARLY,
  n2d: EARLY,
  n4: { architecture: "amd64", lineage: "n4", ...HYPERDISK },
  n4a: { architecture: "arm64", lineage: "n4a", ...HYPERDISK },
  n4d: { architecture: "amd64", lineage: "n4d", ...HYPERDISK },
  t2a: { architecture: "arm64", lineage: "t2a", ...PD },
  t2d: EARLY,
};

/** The name of a machine type's series: `n2` of `n2-standard-4`, `n1` of what has no name. */
export function seriesName(machineType: string): string {
  return /^(custom-|f1-|g1-)/.test(machineType) ? "n1" : (machineType.split("-")[0] ?? "");
}

/** The series of a machine type; `undefined` for one that this program does not know. */
export function seriesOf(machineType: string): MachineSeries | undefined {
  const name = seriesName(machineType);
  return Object.hasOwn(MACHINE_SERIES, name) ? MACHINE_SERIES[name] : undefined;
}
