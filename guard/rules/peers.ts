import { CONTROLLER_TAG } from "../../core/etcd/topology";
import { at } from "../../core/json";
import { bindingOf, type Finding, type RuleInput, subjectOf } from "../finding";
import { type ResourceState, UNKNOWN_VALUE } from "../preview";
import type { ResourceChange } from "../resourceChange";
import { allowsPort, openings } from "./exposure";

type Inputs = NonNullable<ResourceState["inputs"]>;

const PEER_PORT = 2380;
/** On which members reach each other; other clients may have a rule of their own for the first. */
const PORTS = [2379, PEER_PORT];

const SOURCES = ["sourceTags", "sourceRanges", "sourceServiceAccounts"];
const TARGETS = ["targetTags", "targetServiceAccounts"];
const SCOPE = [
  "direction",
  "disabled",
  "priority",
  "allows",
  "denies",
  "destinationRanges",
  "tags",
  ...SOURCES,
  ...TARGETS,
];
/** GCE's, of a rule that names none. */
const PRIORITY = 1000;

/** What comes between members: their firewall rule goes, another denies their ports, a VM is no longer where the rule has it. */
export function peerRules({ facts, changes }: RuleInput): Finding[] {
  if (facts.isDestroyed) return [];
  const live = changes.filter((c) => !c.isLeftover && c.op !== "same");
  return live.flatMap((change) => {
    const reason = reasonOf(change, live);
    if (!reason) return [];
    return [
      {
        rule: "peers-cut-off" as const,
        subject: subjectOf(`${change.name}@${bindingOf(change.op, change.new && scopeOf(change.new))}`),
        members: change.role.member ? [change.role.member] : [],
        reason,
        safeWay:
          "let members reach each other on 2379 and 2380 all the time; where they do, by rules that this " +
          "preview does not show, allow it for this change",
        urns: [change.urn],
      },
    ];
  });
}

function reasonOf(change: ResourceChange, live: readonly ResourceChange[]): string | undefined {
  const { role, op, name, old, new: now } = change;
  if (role.kind === "firewall") {
    const lost = portsLost(change, live);
    if (lost.length > 0) return `${name} no longer lets members reach each other on port ${lost.join(", ")}`;
    const isAsItWas = old && now && scopeOf(old) === scopeOf(now);
    const denied = op === "delete" || isAsItWas ? [] : portsDenied(now?.inputs);
    return denied.length > 0
      ? `${name} denies port ${denied.join(", ")}, on which members reach each other`
      : undefined;
  }
  if (role.kind !== "vm" || (op !== "update" && op !== "replace")) return undefined;
  const has = (state: ResourceState | undefined) => list(state?.inputs?.tags).includes(CONTROLLER_TAG);
  if (has(old) && !has(now))
    return `${name}'s VM loses the tag ${CONTROLLER_TAG}, by which the firewall knows members`;
  const [from, to] = [addressIn(old?.inputs), addressIn(now?.inputs)];
  return from !== undefined && to !== from && to !== UNKNOWN_VALUE
    ? `${name}'s VM leaves the address at which the other members look for it`
    : undefined;
}

/** The ports that this rule has opened among members, and that no rule of the run opens as well when it is done. */
function portsLost({ old }: ResourceChange, live: readonly ResourceChange[]): number[] {
  const had = old?.inputs;
  if (!had || live.some((c) => c.role.kind === "vpc" && (c.op === "replace" || c.op === "delete"))) return [];
  const ports = openings(had).ports.filter((port) => PORTS.includes(port));
  if (!ports.includes(PEER_PORT) && list(had.sourceTags).length === 0) return [];
  // A rule that is replaced is away for a while.
  const left = live.filter((c) => c.role.kind === "firewall" && (c.op === "create" || c.op === "update"));
  return ports.filter((port) => !left.some((c) => opensAsWell(c.new?.inputs ?? {}, had, port)));
}

function opensAsWell(now: Inputs, had: Inputs, port: number): boolean {
  return (
    openings(now).ports.includes(port) &&
    Number(now.priority ?? PRIORITY) <= Number(had.priority ?? PRIORITY) &&
    [SOURCES, TARGETS].every((names) => holds(now, had, names))
  );
}

/** True when what a rule is about holds all that another is about; one that names nothing is about everything. */
function holds(now: Inputs, had: Inputs, names: readonly string[]): boolean {
  const entries = (inputs: Inputs) =>
    names.flatMap((name) => list(inputs[name]).map((one) => `${name} ${one}`));
  const [has, wanted] = [entries(now), entries(had)];
  return has.length === 0 || (wanted.length > 0 && wanted.every((one) => has.includes(one)));
}

function portsDenied(inputs: Inputs | undefined): number[] {
  if (!inputs || inputs.disabled === true || inputs.denies === undefined) return [];
  return PORTS.filter((port) => allowsPort(inputs.denies, port));
}

/** Of a rule or a VM, all that is looked at. */
function scopeOf({ inputs }: ResourceState): string {
  return JSON.stringify([...SCOPE.map((name) => inputs?.[name] ?? null), addressIn(inputs) ?? null]);
}

function addressIn(inputs: Inputs | undefined): unknown {
  return at(inputs, "networkInterfaces", "0", "networkIp");
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}
