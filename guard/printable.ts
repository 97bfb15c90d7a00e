import { parseCidr } from "../core/cidr";
import { formatVersion, parseVersion } from "../core/etcd/version";
import { at } from "../core/json";
import { type Phase, type PhaseValues, parsePhase } from "../core/node/phases";
import { type ResourceState, UNKNOWN_VALUE } from "./preview";
import type { ResourceChange } from "./resourceChange";

/** Each value that may be printed has a shape; what is not of its shape is not printed. */
const SHAPES = {
  number: /^\d{1,6}$/,
  bytes: /^\d{1,12}$/,
  flag: /^(true|false)$/,
  algorithm: /^(ECDSA|RSA)$/,
  reach: /^(internal|external|bastion|internal or bastion)$/,
  range: /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/,
  region: /^[a-z]+-[a-z]+\d+$/,
  version: /^\d{1,2}(\.\d{1,3}){2}$/,
  zone: /^[a-z]+-[a-z]+\d+-[a-z]$/,
  machineType: /^[a-z]\d[a-z]?-[a-z]+(-\d+){0,2}$/,
  diskType: /^(pd|hyperdisk)-[a-z-]{1,30}$/,
  image:
    /^(https:\/\/www\.googleapis\.com\/compute\/v1\/)?projects\/[a-z][a-z0-9-]{1,40}\/global\/images\/(family\/)?[a-z][a-z0-9-]{0,62}$/,
} as const;

/** The name of a shape. */
export type Shape = keyof typeof SHAPES;

/** The only properties whose values the guard prints, by role and path. */
const ALLOWED: Readonly<Record<string, Shape>> = {
  "vm machineType": "machineType",
  "vm zone": "zone",
  "vm bootDisk.initializeParams.image": "image",
  "vm bootDisk.initializeParams.size": "number",
  "data-disk size": "number",
  "data-disk type": "diskType",
  "data-disk zone": "zone",
};

/** A value before and after, both fit to be printed. */
export interface PrintableChange {
  /** `create --version`, or a property's path. */
  readonly path: string;
  readonly from?: string;
  readonly to?: string;
}

/** The values of a change that are on the allow-list, where they differ. Everything else stays unprinted. */
export function printableChanges(change: ResourceChange): PrintableChange[] {
  const found: PrintableChange[] = [];
  for (const [key, shape] of Object.entries(ALLOWED)) {
    const [kind, path] = key.split(" ") as [string, string];
    if (kind !== change.role.kind) continue;
    add(
      found,
      path,
      printAs(shape, at(change.old?.inputs, ...path.split("."))),
      printAs(shape, at(change.new?.inputs, ...path.split("."))),
    );
  }
  if (change.role.kind === "converge") {
    add(found, "create --version", versionSent(change.old?.inputs), versionSent(change.new?.inputs));
  }
  return found;
}

function add(
  to: PrintableChange[],
  path: string,
  before: string | undefined,
  after: string | undefined,
): void {
  if (before === after) return;
  to.push({ path, ...(before ? { from: before } : {}), ...(after ? { to: after } : {}) });
}

/** What a phase's command holds; `undefined` when the preview does not know the command or hides it. */
export function phaseIn<P extends Phase>(
  phase: P,
  inputs: ResourceState["inputs"] | undefined,
): Partial<PhaseValues<P>> | undefined {
  const text = inputs?.update ?? inputs?.create;
  return typeof text !== "string" || text.includes(UNKNOWN_VALUE) ? undefined : parsePhase(phase, text);
}

/** The etcd version that converge is sent. */
export function versionSent(inputs: ResourceState["inputs"] | undefined): string | undefined {
  return printableVersion(phaseIn("converge", inputs)?.version);
}

/** A version printed again from its numbers; `undefined` when it is none. */
export function printableVersion(text: unknown): string | undefined {
  const version = typeof text === "string" ? parseVersion(text) : undefined;
  return version && formatVersion(version);
}

/** A value as it is printed; `undefined` when it is not of the shape. */
export function printAs(shape: Shape, value: unknown): string | undefined {
  const text = typeof value === "number" || typeof value === "boolean" ? String(value) : value;
  return typeof text === "string" && SHAPES[shape].test(text) ? text : undefined;
}

/** An address range as it may be printed: as it is, when it is one. */
export function printableRange(value: unknown): string {
  if (typeof value !== "string") return "(not a range)";
  if (parseCidr(value) || /^[0-9a-f:]{2,39}\/\d{1,3}$/i.test(value)) return value;
  return "(not a range)";
}

/** A property path as it may be printed: paths are names, and a name of an odd shape is left out. */
export function printablePath(path: string): string {
  return /^[\w.\-[\]"/]{1,120}$/.test(path) ? path : "(a property)";
}
