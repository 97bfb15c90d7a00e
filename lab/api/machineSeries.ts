/** A machine series: what its machine types are, where it is, and which disks it takes. */
export interface MachineSeries {
  /** First and second generation change into each other in place. */
  readonly generation: 1 | 2 | 3 | 4;
  readonly architecture: "X86_64" | "ARM64";
  readonly cpuPlatform: string;
  /** GB of memory per vCPU, by shape. */
  readonly memory: { readonly [shape: string]: number };
  /** vCPUs of the predefined types. */
  readonly vcpus: readonly number[];
  /** Custom types, such as `n2-custom-4-8192`. */
  readonly custom?: true;
  /** Disk types, with the least number of vCPUs that each needs. */
  readonly disks: { readonly [type: string]: number };
  /** The lab's zones that have it, as a pattern; by default all. */
  readonly zones?: RegExp;
}

const PD = { "pd-standard": 1, "pd-balanced": 1, "pd-ssd": 1 };
const PD_AND_HYPERDISK = {
  "pd-balanced": 1,
  "pd-ssd": 1,
  "hyperdisk-balanced": 1,
  "hyperdisk-throughput": 1,
};
const HYPERDISK = { "hyperdisk-balanced": 1, "hyperdisk-throughput": 1 };
const UP_TO_80 = [2, 4, 8, 16, 32, 48, 64, 80];

/**
 * The series that the lab has. Google's pages:
 * machine types and architectures https://cloud.google.com/compute/docs/general-purpose-machines,
 * disks https://cloud.google.com/compute/docs/disks/persistent-disks#pd_machine_series and
 * https://cloud.google.com/compute/docs/disks/hyperdisks#machine-type-support,
 * zones https://cloud.google.com/compute/docs/regions-zones#available. Where a series is grows by the month;
 * these zones are a subset that keeps the differences that matter: T2A and N4A are in few regions, the C
 * series from the third generation on are not in every zone of a region.
 */
export const MACHINE_SERIES: { readonly [name: string]: MachineSeries } = {
  e2: {
    generation: 2,
    architecture: "X86_64",
    cpuPlatform: "Intel Broadwell",
    memory: { standard: 4, highmem: 8, highcpu: 1 },
    vcpus: [2, 4, 8, 16, 32],
    custom: true,
    disks: PD,
  },
  n1: {
    generation: 1,
    architecture: "X86_64",
    cpuPlatform: "Intel Skylake",
    memory: { standard: 3.75, highmem: 6.5, highcpu: 0.9 },
    vcpus: [1, 2, 4, 8, 16, 32, 64, 96],
    custom: true,
    disks: PD,
  },
  n2: {
    generation: 2,
    architecture: "X86_64",
    cpuPlatform: "Intel Ice Lake",
    memory: { standard: 4, highmem: 8, highcpu: 1 },
    vcpus: [...UP_TO_80, 96, 128],
    custom: true,
    disks: { ...PD, "pd-extreme": 64, "hyperdisk-extreme": 80, "hyperdisk-throughput": 4 },
  },
  n2d: {
    generation: 2,
    architecture: "X86_64",
    cpuPlatform: "AMD Milan",
    memory: { standard: 4, highmem: 8, highcpu: 1 },
    vcpus: [...UP_TO_80, 96, 128, 224],
    custom: true,
    disks: { ...PD, "hyperdisk-throughput": 2 },
  },
  t2a: {
    generation: 2,
    architecture: "ARM64",
    cpuPlatform: "Ampere Altra",
    memory: { standard: 4 },
    vcpus: [1, 2, 4, 8, 16, 32, 48],
    disks: PD,
    zones: /^us-central1-[abf]$/,
  },
  t2d: {
    generation: 2,
    architecture: "X86_64",
    cpuPlatform: "AMD Milan",
    memory: { standard: 4 },
    vcpus: [1, 2, 4, 8, 16, 32, 48, 60],
    disks: { ...PD, "hyperdisk-throughput": 2 },
  },
  c2: {
    generation: 2,
    architecture: "X86_64",
    cpuPlatform: "Intel Cascade Lake",
    memory: { standard: 4 },
    vcpus: [4, 8, 16, 30, 60],
    disks: PD,
  },
  c2d: {
    generation: 2,
    architecture: "X86_64",
    cpuPlatform: "AMD Milan",
    memory: { standard: 4, highmem: 8, highcpu: 2 },
    vcpus: [2, 4, 8, 16, 32, 56, 112],
    disks: PD,
  },
  c3: {
    generation: 3,
    architecture: "X86_64",
    cpuPlatform: "Intel Sapphire Rapids",
    memory: { standard: 4, highmem: 8, highcpu: 2 },
    vcpus: [4, 8, 22, 44, 88, 176],
    disks: { ...PD_AND_HYPERDISK, "hyperdisk-extreme": 88 },
    zones: /^(?!us-west1-c$)/,
  },
  c3d: {
    generation: 3,
    architecture: "X86_64",
    cpuPlatform: "AMD Genoa",
    memory: { standard: 4, highmem: 8, highcpu: 2 },
    vcpus: [4, 8, 16, 30, 60, 90, 180, 360],
    disks: { ...PD_AND_HYPERDISK, "hyperdisk-extreme": 60 },
    zones: /^(?!us-west1-c$)/,
  },
  n4: {
    generation: 4,
    architecture: "X86_64",
    cpuPlatform: "Intel Emerald Rapids",
    memory: { standard: 4, highmem: 8, highcpu: 2 },
    vcpus: UP_TO_80,
    custom: true,
    disks: HYPERDISK,
  },
  n4a: {
    generation: 4,
    architecture: "ARM64",
    cpuPlatform: "Google Axion",
    memory: { standard: 4, highmem: 8, highcpu: 2 },
    vcpus: [1, 2, 4, 8, 16, 32, 48, 64],
    custom: true,
    disks: HYPERDISK,
    zones: /^us-central1-/,
  },
  n4d: {
    generation: 4,
    architecture: "X86_64",
    cpuPlatform: "AMD Turin",
    memory: { standard: 4, highmem: 8, highcpu: 2 },
    vcpus: [...UP_TO_80, 96],
    custom: true,
    disks: HYPERDISK,
  },
  c4: {
    generation: 4,
    architecture: "X86_64",
    cpuPlatform: "Intel Emerald Rapids",
    memory: { standard: 3.75, highmem: 7.75, highcpu: 2 },
    vcpus: [2, 4, 8, 16, 24, 32, 48, 96, 144, 192, 288],
    disks: { "hyperdisk-balanced": 1, "hyperdisk-extreme": 96 },
    zones: /^(?!us-west1-c$)/,
  },
  c4a: {
    generation: 4,
    architecture: "ARM64",
    cpuPlatform: "Google Axion",
    memory: { standard: 4, highmem: 8, highcpu: 2 },
    vcpus: [1, 2, 4, 8, 16, 32, 48, 64, 72],
    disks: { "hyperdisk-balanced": 1, "hyperdisk-extreme": 64 },
  },
  c4d: {
    generation: 4,
    architecture: "X86_64",
    cpuPlatform: "AMD Turin",
    memory: { standard: 3.875, highmem: 7.875, highcpu: 1.875 },
    vcpus: [2, 4, 8, 16, 32, 48, 64, 96, 192, 384],
    disks: { "hyperdisk-balanced": 1, "hyperdisk-extreme": 64 },
    zones: /^(?!us-west1-c$)/,
  },
};

/** Types that share a core, which no shape describes: vCPUs and MB of memory. */
export const SHARED_CORE_TYPES: { readonly [name: string]: readonly [vcpus: number, memoryMb: number] } = {
  "e2-micro": [2, 1024],
  "e2-small": [2, 2048],
  "e2-medium": [2, 4096],
  "f1-micro": [1, 614],
  "g1-small": [1, 1740],
};

/**
 * True where Google changes a stopped VM's machine type in place: within a series, and among the first and
 * second generation but T2A.
 * https://cloud.google.com/compute/docs/instances/changing-machine-type-of-stopped-instance
 */
export function changesInPlace(from: string, to: string): boolean {
  const early = (name: string) => name !== "t2a" && (MACHINE_SERIES[name]?.generation ?? 4) <= 2;
  return from === to || (early(from) && early(to));
}
