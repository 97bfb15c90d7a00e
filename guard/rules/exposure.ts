import { parseCidr, publicSize } from "../../core/cidr";
import { isObject } from "../../core/json";
import { bindingOf, type Finding, type RuleInput, subjectOf } from "../finding";
import { printableRange } from "../printable";
import type { ResourceChange } from "../resourceChange";

/** The ports that must never be open to the world: SSH, kube-apiserver, etcd. */
const GUARDED_PORTS = [22, 2379, 2380, 6443] as const;

/** Shorter prefixes than these are refused: half the world is the world. */
const SHORTEST_PREFIX = { ipv4: 8, ipv6: 32 } as const;

const TOGETHER = "ranges together";

/** SSH or etcd's ports open to the world, or to so wide a range that it comes to the same. */
export function exposureRules({ changes }: RuleInput): Finding[] {
  const rules = changes.filter((c) => c.role.kind === "firewall" && c.op !== "delete");
  return [...rules.filter((c) => c.op !== "same").flatMap(exposures), ...exposuresTogether(rules)];
}

/** A port that several rules open, each to ranges that it may. */
function exposuresTogether(rules: readonly ResourceChange[]): Finding[] {
  return GUARDED_PORTS.flatMap((port) => {
    const opening = rules.filter((c) => openings(c.new?.inputs).ports.includes(port));
    const byRule = opening.map((c) => narrowRanges(c.new?.inputs));
    const isNews = opening.some((c) => c.op !== "same") && !byRule.some((ranges) => publicPart(ranges) > 1);
    const all = [...new Set(byRule.flat())];
    if (!isNews || publicPart(all) <= 1) return [];
    const names = opening.map((c) => c.name).sort();
    return [
      {
        rule: "open-to-world" as const,
        subject: subjectOf(`${port}-${bindingOf(all.sort())}@${names.join("+")}`),
        members: [],
        reason: `port ${port} is open to ${all.length} ranges together, by ${names.join(", ")}`,
        safeWay: "name the ranges that need it, in all rules together a /8 or less",
        urns: opening.map((c) => c.urn),
      },
    ];
  });
}

function exposures(change: ResourceChange): Finding[] {
  const inputs = change.new?.inputs;
  const ports = openings(inputs).ports.join("-");
  const sum = (range: string) =>
    range.endsWith(TOGETHER) ? `-${bindingOf(narrowRanges(inputs).sort())}` : "";
  return exposuresOf(inputs).map(({ range, reason, safeWay }) => ({
    rule: "open-to-world",
    subject: subjectOf(`${change.name}:${ports}@${range.replace(/[()]/g, "")}${sum(range)}`),
    members: [],
    reason,
    safeWay,
    urns: [change.urn],
  }));
}

/** What a GCE firewall rule opens too wide, by source range. */
export function exposuresOf(
  inputs: Readonly<Record<string, unknown>> | undefined,
): { readonly range: string; readonly reason: string; readonly safeWay: string }[] {
  const { ranges, ports } = openings(inputs);
  if (ports.length === 0) return [];
  return ranges.map((range) => ({
    range,
    reason: `port ${ports.join(", ")} is open to ${range}`,
    safeWay: ports.includes(22)
      ? "name the ranges that need it, /8 or smaller, in sshSourceRanges, or connect through IAP or a bastion"
      : "name the ranges that need it, /8 or smaller, in apiServerSourceRanges or podCidr",
  }));
}

/**
 * The too wide ranges and the guarded ports that a GCE firewall rule opens to them.
 * https://cloud.google.com/compute/docs/reference/rest/v1/firewalls
 */
export function openings(inputs: Readonly<Record<string, unknown>> | undefined): {
  readonly ranges: readonly string[];
  readonly ports: readonly number[];
} {
  const nothing = { ranges: [], ports: [] };
  if (!inputs) return { ranges: ["(hidden in the preview)"], ports: [...GUARDED_PORTS] };
  if (inputs.direction === "EGRESS" || inputs.disabled === true) return nothing;
  if (inputs.allows === undefined) return nothing;
  return {
    ranges: wideRanges(inputs),
    ports: GUARDED_PORTS.filter((port) => allowsPort(inputs.allows, port)),
  };
}

function wideRanges(inputs: Readonly<Record<string, unknown>>): string[] {
  const { sourceRanges, sourceTags, sourceServiceAccounts } = inputs;
  const isEmpty = (list: unknown) => list === undefined || (Array.isArray(list) && list.length === 0);
  if (isEmpty(sourceRanges)) {
    // GCE takes a rule without any source to mean everybody.
    return isEmpty(sourceTags) && isEmpty(sourceServiceAccounts) ? ["0.0.0.0/0"] : [];
  }
  if (!Array.isArray(sourceRanges)) return ["(hidden in the preview)"];
  const narrow = narrowRanges(inputs);
  const sum = narrow.length > 1 && publicPart(narrow) > 1 ? [`${narrow.length} ${TOGETHER}`] : [];
  return [...sourceRanges.filter(isTooWide).map(printableRange), ...sum];
}

function narrowRanges(inputs: Readonly<Record<string, unknown>> | undefined): string[] {
  const ranges = Array.isArray(inputs?.sourceRanges) ? inputs.sourceRanges : [];
  return ranges.filter((range): range is string => !isTooWide(range));
}

/** How much of the world ranges come to, 1 for the widest single range that is allowed. */
function publicPart(ranges: readonly string[]): number {
  const ipv6 = [...new Set(ranges)].map((range) => {
    const prefix = /:.*\/(\d+)$/.exec(range)?.[1];
    return prefix ? 2 ** (SHORTEST_PREFIX.ipv6 - Number(prefix)) : 0;
  });
  return publicSize(ranges) + ipv6.reduce((sum, part) => sum + part, 0);
}

function isTooWide(range: unknown): boolean {
  if (typeof range !== "string") return true;
  const ipv4 = parseCidr(range);
  if (ipv4) return ipv4.prefixLength < SHORTEST_PREFIX.ipv4;
  const prefix = /^[0-9a-f:.]*:[0-9a-f:.]*(?:\/(\d{1,3}))?$/i.exec(range);
  if (prefix) return Number(prefix[1] ?? 128) < SHORTEST_PREFIX.ipv6;
  // A single address without a prefix; whatever else it is, it cannot be judged.
  return parseCidr(`${range}/32`) === undefined;
}

/** True when a rule's `allows` or `denies` hold a port of TCP; what cannot be read holds it. */
export function allowsPort(allows: unknown, port: number): boolean {
  if (!Array.isArray(allows)) return true;
  return allows.some((rule) => {
    if (!isObject(rule)) return true;
    const protocol = String(rule.protocol).toLowerCase();
    if (["udp", "17", "icmp", "1", "58", "esp", "50", "ah", "51", "sctp", "132", "ipip"].includes(protocol)) {
      return false;
    }
    if (rule.ports === undefined) return true;
    if (!Array.isArray(rule.ports)) return true;
    return rule.ports.length === 0 || rule.ports.some((ports) => coversPort(String(ports), port));
  });
}

function coversPort(ports: string, port: number): boolean {
  const match = /^(\d+)(?:-(\d+))?$/.exec(ports.trim());
  if (!match) return true;
  return Number(match[1]) <= port && port <= Number(match[2] ?? match[1]);
}
