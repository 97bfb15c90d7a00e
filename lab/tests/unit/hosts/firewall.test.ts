import type { FirewallRule, HostSpec } from "../../../hosts/backend";
import { renderFirewall } from "../../../hosts/firewall";

const host = (name: string, ip: string, tags: string[]): HostSpec => ({
  name,
  ip,
  tags,
  bootDiskId: `boot-${name}`,
  attachedDisks: [],
  release: "bookworm",
  network: "vpc",
});
const C0 = host("controller-0", "10.240.0.10", ["controller"]);
const C1 = host("controller-1", "10.240.0.11", ["controller", "extra"]);
const WORKER = host("worker-0", "10.240.0.20", ["worker"]);
const HOSTS = [C0, C1, WORKER];

const RULE: FirewallRule = {
  name: "rule",
  network: "vpc",
  priority: 1000,
  direction: "INGRESS",
  action: "allow",
  disabled: false,
  sourceRanges: ["10.240.0.0/24"],
  sourceTags: [],
  targetTags: [],
  protocols: [{ protocol: "tcp", ports: ["22"] }],
};

/** The lines that are about the rules. */
function rulesOf(rules: Partial<FirewallRule>[], on: HostSpec = C0, hosts = HOSTS): string[] {
  const text = renderFirewall(
    rules.map((rule) => ({ ...RULE, ...rule })),
    on,
    hosts,
  );
  return text
    .split("\n")
    .slice(7, -3)
    .map((line) => line.trim());
}

test("the whole script: the earlier table goes and the new one comes in one transaction", () => {
  const rules: FirewallRule[] = [
    {
      ...RULE,
      name: "etcd",
      sourceRanges: [],
      sourceTags: ["controller"],
      targetTags: ["controller"],
      protocols: [{ protocol: "tcp", ports: ["2379", "2380-2381"] }],
    },
    { ...RULE, name: "ssh", priority: 900 },
  ];
  expect(renderFirewall(rules, C0, HOSTS)).toBe(`table inet gce_firewall
delete table inet gce_firewall
table inet gce_firewall {
  chain input {
    type filter hook input priority -10; policy drop;
    iif lo accept
    ct state established,related accept
    ip saddr 169.254.169.254 accept
    ip saddr { 10.240.0.0/24 } tcp dport { 22 } accept comment "ssh"
    ip saddr { 10.240.0.10, 10.240.0.11 } tcp dport { 2379, 2380-2381 } accept comment "etcd"
  }
}
`);
});

test("without a rule everything is denied but answers, loopback and the metadata server", () => {
  expect(renderFirewall([], WORKER, HOSTS)).toBe(`table inet gce_firewall
delete table inet gce_firewall
table inet gce_firewall {
  chain input {
    type filter hook input priority -10; policy drop;
    iif lo accept
    ct state established,related accept
    ip saddr 169.254.169.254 accept
  }
}
`);
});

const METADATA = "ip saddr 169.254.169.254 accept";
const SSH = 'ip saddr { 10.240.0.0/24 } tcp dport { 22 } accept comment "rule"';

test("a rule is for the hosts of any of its target tags, or for all", () => {
  expect(rulesOf([{ targetTags: ["controller"] }], C0)).toEqual([METADATA, SSH]);
  expect(rulesOf([{ targetTags: ["worker", "extra"] }], C1)).toEqual([METADATA, SSH]);
  expect(rulesOf([{ targetTags: ["controller"] }], WORKER)).toEqual([METADATA]);
  expect(rulesOf([{ targetTags: [] }], WORKER)).toEqual([METADATA, SSH]);
});

test("the lowest priority decides, deny before allow at the same one", () => {
  const lines = rulesOf([
    { name: "allow-1000" },
    { name: "deny-1000", action: "deny" },
    { name: "allow-65534", priority: 65534 },
    { name: "allow-0", priority: 0 },
    { name: "deny-900", priority: 900, action: "deny" },
  ]);
  expect(lines.slice(1).map((line) => line.replace(/^.* (accept|drop) comment/, "$1"))).toEqual([
    'accept "allow-0"',
    'drop "deny-900"',
    'drop "deny-1000"',
    'accept "allow-1000"',
    'accept "allow-65534"',
  ]);
});

test("sources are ranges or tags, each once", () => {
  const both = { sourceRanges: ["35.235.240.0/20", "10.240.0.11"], sourceTags: ["controller", "extra"] };
  expect(rulesOf([both])[1]).toBe(
    'ip saddr { 35.235.240.0/20, 10.240.0.11, 10.240.0.10 } tcp dport { 22 } accept comment "rule"',
  );
});

test("a rule for everybody names no source", () => {
  expect(rulesOf([{ sourceRanges: ["10.0.0.0/8", "0.0.0.0/0"] }])[1]).toBe(
    'tcp dport { 22 } accept comment "rule"',
  );
});

test("a tag that no host has lets no one in, rather than everybody", () => {
  expect(rulesOf([{ sourceRanges: [], sourceTags: ["no one"] }])).toEqual([METADATA]);
  expect(rulesOf([{ sourceRanges: [], sourceTags: ["worker"] }], C0, [C0, C1])).toEqual([METADATA]);
});

test("a protocol may have no ports, and all is every protocol", () => {
  const protocols = [
    { protocol: "icmp", ports: [] },
    { protocol: "udp", ports: ["53"] },
    { protocol: "tcp", ports: [] },
    { protocol: "all", ports: [] },
  ];
  expect(rulesOf([{ protocols, action: "deny" }]).slice(1)).toEqual([
    'ip saddr { 10.240.0.0/24 } meta l4proto icmp drop comment "rule"',
    'ip saddr { 10.240.0.0/24 } udp dport { 53 } drop comment "rule"',
    'ip saddr { 10.240.0.0/24 } meta l4proto tcp drop comment "rule"',
    'ip saddr { 10.240.0.0/24 } drop comment "rule"',
  ]);
});

test("a disabled rule is none; an egress rule is an error unless disabled", () => {
  expect(rulesOf([{ disabled: true }])).toEqual([METADATA]);
  expect(rulesOf([{ direction: "EGRESS", disabled: true }])).toEqual([METADATA]);
  expect(() => rulesOf([{ name: "out", direction: "EGRESS" }])).toThrow(
    "firewall rule out: the lab enforces ingress rules only",
  );
});

test("a rule of another network is for no one here, and its tags do not open anything", () => {
  const other = { ...WORKER, network: "other", tags: ["controller"], ip: "10.138.0.2" };
  const rule = { sourceRanges: [], sourceTags: ["controller"] };
  expect(rulesOf([{ network: "other" }])).toEqual([METADATA]);
  expect(rulesOf([rule], C1, [C1, other])).toEqual([METADATA, SSH.replace("0.0/24", "0.11")]);
});
