import type { FirewallRule, HostSpec } from "./backend";
import { METADATA_IP } from "./names";

/** The nftables table in each host's namespace that stands for the VPC's firewall. */
export const TABLE = "gce_firewall";

/**
 * Renders the rules that apply to one host as an nft script that replaces the earlier ones in one transaction.
 * GCE: the lowest priority decides, deny before allow at the same one; ingress is denied, egress allowed
 * when no rule says otherwise. https://cloud.google.com/firewall/docs/firewalls
 *
 * @throws Error for an egress rule, which the lab does not enforce.
 */
export function renderFirewall(
  rules: readonly FirewallRule[],
  host: HostSpec,
  hosts: readonly HostSpec[],
): string {
  const own = rules.filter((rule) => rule.network === host.network);
  const peers = hosts.filter((other) => other.network === host.network);
  const egress = own.find((rule) => rule.direction === "EGRESS" && !rule.disabled);
  if (egress) throw new Error(`firewall rule ${egress.name}: the lab enforces ingress rules only`);
  const active = own
    .filter((rule) => !rule.disabled && targets(rule, host))
    .sort((a, b) => a.priority - b.priority || rank(a) - rank(b));
  return [
    `table inet ${TABLE}`,
    `delete table inet ${TABLE}`,
    `table inet ${TABLE} {`,
    "  chain input {",
    "    type filter hook input priority -10; policy drop;",
    "    iif lo accept",
    "    ct state established,related accept",
    `    ip saddr ${METADATA_IP} accept`,
    ...active.flatMap((rule) => renderRule(rule, peers)).map((line) => `    ${line}`),
    "  }",
    "}",
    "",
  ].join("\n");
}

function rank(rule: FirewallRule): number {
  return rule.action === "deny" ? 0 : 1;
}

function targets(rule: FirewallRule, host: HostSpec): boolean {
  return rule.targetTags.length === 0 || rule.targetTags.some((tag) => host.tags.includes(tag));
}

function renderRule(rule: FirewallRule, hosts: readonly HostSpec[]): string[] {
  const tagged = hosts.filter((h) => h.tags.some((tag) => rule.sourceTags.includes(tag))).map((h) => h.ip);
  const sources = [...rule.sourceRanges, ...tagged];
  if (sources.length === 0) return [];
  const from = sources.includes("0.0.0.0/0") ? "" : `ip saddr { ${[...new Set(sources)].join(", ")} } `;
  const verdict = rule.action === "allow" ? "accept" : "drop";
  return rule.protocols.map(
    ({ protocol, ports }) => `${from}${match(protocol, ports)}${verdict} comment "${rule.name}"`,
  );
}

function match(protocol: string, ports: readonly string[]): string {
  if (protocol === "all") return "";
  if (ports.length === 0) return `meta l4proto ${protocol} `;
  return `${protocol} dport { ${ports.join(", ")} } `;
}
