import type { Architecture } from "../etcd/releases";
import { OFFICIAL_DOWNLOAD_BASE_URL } from "../etcd/releases";
import { IAP_SOURCE_RANGE } from "../etcd/topology";
import { isObject } from "../json";
import type { BastionSetting } from "./bastion";
import type { Problems } from "./problems";
import type { KeyAlgorithm, Settings, SshReach } from "./types";

type Raw = Readonly<Record<string, string>>;

/** What a setting holds, as Pulumi.yaml declares it, with its only default. */
const DEFAULTS = {
  controllerCount: 3,
  region: "us-west1",
  zones: ["us-west1-a", "us-west1-b", "us-west1-c"],
  networkName: "kubernetes-the-hard-way",
  subnetName: "kubernetes",
  machineType: "e2-standard-2",
  image: "projects/debian-cloud/global/images/family/debian-12",
  bootDiskSizeGb: 20,
  dataDiskType: "pd-ssd",
  dataDiskSizeGb: 50,
  labels: {} as Record<string, unknown>,
  deletionProtection: false,
  etcdVersion: "3.4.10",
  etcdDownloadBaseUrl: OFFICIAL_DOWNLOAD_BASE_URL,
  etcdSha256: "",
  quotaBackendBytes: 2 * 1024 ** 3,
  certKeyAlgorithm: "ECDSA",
  certValidityHours: 8760,
  certEarlyRenewalHours: 720,
  caValidityHours: 87600,
  caActive: 1,
  caTrusted: [1] as unknown[],
  exportCaKey: false,
  exportSshAccess: false,
  extraSans: [] as unknown[],
  podCidr: "10.200.0.0/16",
  serviceCidr: "10.32.0.0/24",
  apiServerSourceRanges: [] as unknown[],
  sshReach: "internal",
  sshSourceRanges: [IAP_SOURCE_RANGE] as unknown[],
  sshDialErrorLimit: 60,
  bastion: {} as Record<string, unknown>,
};

/** Every setting's name, as it stands in Pulumi.yaml below the project's namespace. */
export const SETTING_NAMES: readonly string[] = Object.keys(DEFAULTS);

/** The defaults as Pulumi.yaml must repeat them. */
export const SETTING_DEFAULTS: Readonly<Record<string, unknown>> = DEFAULTS;

/** Reads every setting in its declared type; what has another type is a problem and reads as the default. */
export function readSettings(raw: Raw, problems: Problems): Settings {
  refuseUnknownNames(raw, problems);
  const read = new Reader(raw, problems);
  const machineType = read.text("machineType");
  return {
    controllerCount: read.integer("controllerCount"),
    region: read.text("region"),
    zones: read.list("zones", "string"),
    networkName: read.text("networkName"),
    subnetName: read.text("subnetName"),
    machineType,
    architecture: architectureOf(machineType),
    image: read.text("image"),
    bootDiskSizeGb: read.integer("bootDiskSizeGb"),
    dataDiskType: read.text("dataDiskType"),
    dataDiskSizeGb: read.integer("dataDiskSizeGb"),
    labels: read.textMap("labels"),
    deletionProtection: read.boolean("deletionProtection"),
    etcdVersion: read.text("etcdVersion").replace(/^v/, ""),
    etcdDownloadBaseUrl: read.text("etcdDownloadBaseUrl"),
    etcdSha256: read.text("etcdSha256"),
    quotaBackendBytes: read.integer("quotaBackendBytes"),
    certKeyAlgorithm: read.text("certKeyAlgorithm") as KeyAlgorithm,
    certValidityHours: read.integer("certValidityHours"),
    certEarlyRenewalHours: read.integer("certEarlyRenewalHours"),
    caValidityHours: read.integer("caValidityHours"),
    caActive: read.integer("caActive"),
    caTrusted: read.list("caTrusted", "number"),
    exportCaKey: read.boolean("exportCaKey"),
    exportSshAccess: read.boolean("exportSshAccess"),
    extraSans: read.list("extraSans", "string"),
    podCidr: read.text("podCidr"),
    serviceCidr: read.text("serviceCidr"),
    apiServerSourceRanges: read.list("apiServerSourceRanges", "string"),
    sshReach: read.text("sshReach") as SshReach,
    sshSourceRanges: read.list("sshSourceRanges", "string"),
    sshDialErrorLimit: read.integer("sshDialErrorLimit"),
    bastion: read.bastion(),
  };
}

/** GCE's Arm machine series: https://cloud.google.com/compute/docs/instances/arm-on-compute */
function architectureOf(machineType: string): Architecture {
  return /^(t2a|c4a|n4a)-/.test(machineType) ? "arm64" : "amd64";
}

function refuseUnknownNames(raw: Raw, problems: Problems): void {
  for (const name of Object.keys(raw)) {
    if (!SETTING_NAMES.includes(name)) {
      problems.add(name, raw[name], `there is no such setting; use one of ${SETTING_NAMES.join(", ")}`);
    }
  }
}

class Reader {
  constructor(
    private readonly raw: Raw,
    private readonly problems: Problems,
  ) {}

  text(name: keyof typeof DEFAULTS): string {
    return this.raw[name] ?? (DEFAULTS[name] as string);
  }

  integer(name: keyof typeof DEFAULTS): number {
    const text = this.raw[name];
    if (text === undefined) return DEFAULTS[name] as number;
    if (/^-?\d{1,15}$/.test(text)) return Number(text);
    this.problems.add(name, text, "write a whole number");
    return DEFAULTS[name] as number;
  }

  boolean(name: keyof typeof DEFAULTS): boolean {
    const text = this.raw[name];
    if (text === undefined) return DEFAULTS[name] as boolean;
    if (text === "true" || text === "false") return text === "true";
    this.problems.add(name, text, "write true or false");
    return DEFAULTS[name] as boolean;
  }

  list<T extends "string" | "number">(name: keyof typeof DEFAULTS, of: T) {
    type Element = T extends "string" ? string : number;
    const value = this.json(name);
    if (Array.isArray(value) && value.every((element) => typeof element === of)) return value as Element[];
    this.problems.add(name, this.raw[name], `write a list of ${of}s`);
    return DEFAULTS[name] as Element[];
  }

  textMap(name: "labels"): Record<string, string> {
    const value = this.json(name);
    if (isObject(value) && Object.values(value).every((element) => typeof element === "string")) {
      return value as Record<string, string>;
    }
    this.problems.add(name, this.raw[name], "write a map of names to strings");
    return {};
  }

  bastion(): BastionSetting | undefined {
    const value = this.json("bastion");
    if (!isObject(value)) {
      this.problems.add("bastion", this.raw.bastion, "write a map with host, user, hostKey and port");
      return undefined;
    }
    return Object.keys(value).length === 0 ? undefined : (value as unknown as BastionSetting);
  }

  private json(name: keyof typeof DEFAULTS): unknown {
    const text = this.raw[name];
    if (text === undefined) return DEFAULTS[name];
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  }
}
