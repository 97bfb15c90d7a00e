import { at } from "../core/json";
import { SETTINGS } from "../core/settings";
import { EFFECTS, type Effect } from "../core/settings/effects";
import type { Setting } from "../core/settings/kinds";
import type { SettingValues } from "../core/settings/values";
import { bundleIn, envIn } from "./bundle";
import { type ClusterFacts, settingOf } from "./facts";
import { type Preview, SECRET_VALUE, UNKNOWN_VALUE } from "./preview";
import { printAs, type Shape } from "./printable";
import type { ResourceChange } from "./resourceChange";
import type { RoleKind } from "./role";

/** A setting that the run changes, as its resources show it. */
export interface SettingChange {
  readonly setting: string;
  /** As it may be printed; missing when the value is hidden, or of no shape that may be. */
  readonly from?: string;
  readonly to?: string;
  readonly effect: string;
}

type Inputs = Readonly<Record<string, unknown>>;
type Values = readonly unknown[];

/**
 * Where a preview shows a setting: in the inputs of resources, or in the facts. A value is printed only in the `shape`
 * that is named; where none is, the change is said and the value is not.
 */
type Evidence =
  | { readonly of: RoleKind; readonly named?: RegExp; readonly read: Read; readonly shape?: Shape }
  | {
      readonly facts: (facts: ClusterFacts) => readonly [before: Values, after: Values];
      readonly shape: Shape;
    }
  | { readonly output: string }
  | { readonly unseen: string };
type Read = (inputs: Inputs, facts: ClusterFacts) => unknown;

const IN_CONNECTION = "it is in the connection, which is secret";

/** Of every setting: what may be shown of it is decided here. */
const EVIDENCE: Readonly<Record<keyof SettingValues, Evidence>> = {
  controllerCount: { facts: (f) => [[f.oldMembers.length], [f.newMembers.length]], shape: "number" },
  region: { of: "subnet", read: input("region"), shape: "region" },
  zones: { of: "vm", read: input("zone"), shape: "zone" },
  networkName: { of: "vpc", read: input("name") },
  subnetName: { of: "subnet", read: input("name") },
  subnetCidr: { of: "subnet", read: input("ipCidrRange"), shape: "range" },
  machineType: { of: "vm", read: input("machineType"), shape: "machineType" },
  image: { of: "vm", read: input("bootDisk", "initializeParams", "image"), shape: "image" },
  bootDiskSizeGb: { of: "vm", read: input("bootDisk", "initializeParams", "size"), shape: "number" },
  dataDiskType: { of: "data-disk", read: input("type"), shape: "diskType" },
  dataDiskSizeGb: { of: "data-disk", read: input("size"), shape: "number" },
  diskKmsKey: { of: "data-disk", read: (inputs) => at(inputs, "diskEncryptionKey", "kmsKeySelfLink") ?? "" },
  canIpForward: { of: "vm", read: (inputs) => inputs.canIpForward ?? false, shape: "flag" },
  serviceAccountEmail: { of: "vm", read: input("serviceAccount", "email") },
  acceptDataLoss: { unseen: "what it lets through is seen" },
  labels: { of: "vm", read: (inputs) => JSON.stringify(inputs.labels ?? {}) },
  deletionProtection: { of: "vm", read: (inputs) => inputs.deletionProtection ?? false, shape: "flag" },
  etcdVersion: { facts: versionsOf, shape: "version" },
  // It may hold a password.
  etcdDownloadBaseUrl: {
    of: "install",
    read: (inputs) => bundleIn(inputs)?.options.url?.replace(/\/v[^/]+\/[^/]+$/, ""),
  },
  etcdSha256: { of: "install", read: (inputs) => bundleIn(inputs)?.options.sha256 },
  quotaBackendBytes: {
    of: "install",
    read: (inputs) => envIn(inputs)?.get("ETCD_QUOTA_BACKEND_BYTES"),
    shape: "bytes",
  },
  certKeyAlgorithm: { of: "leaf", read: input("algorithm"), shape: "algorithm" },
  certValidityHours: { of: "leaf", read: input("validityPeriodHours"), shape: "number" },
  certEarlyRenewalHours: { of: "leaf", read: input("earlyRenewalHours"), shape: "number" },
  caValidityHours: { unseen: "nothing changes until the next CA generation" },
  caTrusted: { facts: ({ ca }) => [ca.oldTrusted, ca.newTrusted], shape: "number" },
  caActive: { facts: ({ ca }) => [[ca.oldActive], [ca.newActive]], shape: "number" },
  peerMembersOnly: {
    of: "install",
    read: (inputs) => envIn(inputs)?.has("ETCD_PEER_CERT_ALLOWED_CN"),
    shape: "flag",
  },
  exportCaKey: { output: "caKeyPem" },
  exportSshAccess: { output: "sshAccess" },
  extraSans: { of: "kubernetes-leaf", read: extraNames },
  podCidr: rule("api", 1),
  serviceCidr: { of: "kubernetes-leaf", read: input("ipAddresses", "0") },
  apiServerSourceRanges: rule("etcd-clients", 0),
  sshReach: {
    of: "vm",
    read: (inputs) =>
      at(inputs, "networkInterfaces", "0", "accessConfigs") ? "external" : "internal or bastion",
    shape: "reach",
  },
  sshSourceRanges: rule("ssh", 0, -1),
  sshDialErrorLimit: { unseen: IN_CONNECTION },
  bastion: { unseen: IN_CONNECTION },
};

/** The settings that a run changes, in the table's order. A new cluster has none, and one that is destroyed neither. */
export function settingChanges(
  preview: Preview,
  changes: readonly ResourceChange[],
  facts: ClusterFacts,
): SettingChange[] {
  if (facts.isFirstCreation || facts.isDestroyed) return [];
  const found = Object.entries(EVIDENCE).flatMap(([name, evidence]) => {
    if ("unseen" in evidence) return [];
    const declared = settingIn(preview, name);
    const [before, after] =
      "facts" in evidence
        ? factsOf(evidence.facts(facts), declared)
        : "output" in evidence
          ? outputIn(changes, evidence.output, declared)
          : valuesIn(changes, evidence, facts, declared);
    const { type, effect } = SETTINGS[name as keyof SettingValues] as Setting;
    const [from, to] = [before, after].map((values) => ({
      text: printed(values, "output" in evidence ? "flag" : evidence.shape, type === "array"),
      known: JSON.stringify(unique(values)),
    })) as [Side, Side];
    const isUnknown = before.length === 0 && !("named" in evidence);
    if (isUnknown || from.known === to.known) return [];
    return [
      {
        setting: name,
        ...(from.text ? { from: from.text } : {}),
        ...(to.text ? { to: to.text } : {}),
        effect: effectText(effect),
      },
    ];
  });
  // Another release has another checksum.
  const isUpgrade = found.some(({ setting }) => setting === "etcdVersion");
  return found.filter(({ setting }) => !(isUpgrade && setting === "etcdSha256"));
}

interface Side {
  readonly text: string | undefined;
  readonly known: string;
}

/** A setting in the stack's configuration, in its type; `undefined` in a program that has none, or when it is secret. */
function settingIn(preview: Preview, name: string): unknown {
  const text = settingOf(preview, name);
  if (text === undefined || text === SECRET_VALUE) return undefined;
  const setting = SETTINGS[name as keyof SettingValues] as Setting;
  const value = setting.parse(text);
  return setting.is(value) ? value : undefined;
}

/** What is hidden until `up` comes from the configuration. */
function valuesIn(
  changes: readonly ResourceChange[],
  { of, named, read }: Extract<Evidence, { of: RoleKind }>,
  facts: ClusterFacts,
  declared: unknown,
): readonly [Values, Values] {
  const own = changes.filter(
    (c) => c.role.kind === of && !c.isLeftover && (named?.test(c.name) ?? (c.old && c.new)),
  );
  const before = own.map((c) => (c.old?.inputs ? read(c.old.inputs, facts) : []));
  const after = own.map((c) => (c.new?.inputs ? read(c.new.inputs, facts) : []));
  const known = own.flatMap((_, i) => (before[i] === undefined ? [] : [i]));
  const isHidden = (value: unknown) =>
    value === undefined || value === UNKNOWN_VALUE || value === SECRET_VALUE;
  return [
    known.flatMap((i) => before[i]),
    known.flatMap((i) => (isHidden(after[i]) ? (declared ?? before[i]) : after[i])),
  ];
}

/** What the facts do not know of the time after the run is as declared, and else as before. */
function factsOf([before, after]: readonly [Values, Values], declared: unknown): readonly [Values, Values] {
  return [before, after.map((value, i) => value ?? declared ?? before[i])];
}

function versionsOf({ versions, oldMembers }: ClusterFacts): readonly [Values, Values] {
  const those = [...versions].flatMap(([member, version]) => (oldMembers.includes(member) ? [version] : []));
  return [those.map((version) => version.old), those.map((version) => version.new)];
}

/** A preview shows the outputs that there are, and none that there will be. */
function outputIn(
  changes: readonly ResourceChange[],
  name: string,
  declared: unknown,
): readonly [Values, Values] {
  const outputs = changes.find((c) => c.role.kind === "stack")?.old?.outputs;
  return outputs && declared !== undefined ? [[name in outputs], [declared]] : [[], []];
}

function unique(values: Values): unknown[] {
  return [...new Set(values.map((value) => (typeof value === "number" ? String(value) : value)))].sort();
}

function printed(values: Values, shape: Shape | undefined, isList: boolean): string | undefined {
  const texts = unique(values).map((value) => shape && printAs(shape, value));
  if (texts.some((text) => text === undefined)) return undefined;
  const shown = texts.map((text) => inUnits(shape, text as string)).join(", ");
  return isList ? `[${shown}]` : shown;
}

function inUnits(shape: Shape | undefined, text: string): string {
  if (shape !== "bytes") return text;
  const units = [
    ["GiB", 2 ** 30],
    ["MiB", 2 ** 20],
  ] as const;
  const [unit, size] = units.find(([, bytes]) => Number(text) % bytes === 0) ?? ["bytes", 1];
  return `${Number(text) / size} ${unit}`;
}

/** Without links, which lead nowhere from a comment: a page is named by its path. */
function effectText(effect: Effect): string {
  return EFFECTS[effect].replace(/\[([^\]]*)\]\(([^)#]*)[^)]*\)/g, (_, label: string, page: string) =>
    label === page ? `docs/operate/${page}` : label,
  );
}

function input(...path: string[]): Read {
  return (inputs) => at(inputs, ...path);
}

/** Of a firewall rule that may come and go: its ranges, without the subnet's at the one end or the other. */
function rule(role: string, first: number, last?: number) {
  const read: Read = ({ sourceRanges }) =>
    Array.isArray(sourceRanges) ? sourceRanges.slice(first, last) : (sourceRanges ?? []);
  return { of: "firewall", named: new RegExp(`-network-${role}$`), read, shape: "range" } as const;
}

/** The names of the API servers' certificate, without those that follow from other settings. */
function extraNames(
  { dnsNames, ipAddresses }: Inputs,
  { addedMembers, removedMembers }: ClusterFacts,
): unknown {
  const isSameSize = addedMembers.length + removedMembers.length === 0;
  const addresses = isSameSize && Array.isArray(ipAddresses) ? ipAddresses.slice(1) : [];
  return dnsNames && JSON.stringify([dnsNames, addresses]);
}
