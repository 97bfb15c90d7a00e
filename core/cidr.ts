/** An IPv4 network in CIDR notation. */
export interface Cidr {
  /** First address, as an unsigned 32-bit number. */
  readonly base: number;
  /** 0 to 32. */
  readonly prefixLength: number;
}

/** Parses `a.b.c.d/n` whose host bits are zero; `undefined` for anything else. */
export function parseCidr(text: string): Cidr | undefined {
  const [address, prefix, ...rest] = text.split("/");
  if (rest.length > 0 || address === undefined || !/^(\d|[12]\d|3[0-2])$/.test(prefix ?? ""))
    return undefined;
  const base = parseIpv4(address);
  const prefixLength = Number(prefix);
  if (base === undefined || base % sizeOf(prefixLength) !== 0) return undefined;
  return { base, prefixLength };
}

/** Parses a dotted IPv4 address into an unsigned 32-bit number; `undefined` for anything else. */
export function parseIpv4(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) {
    return undefined;
  }
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** True when the two networks share an address. */
export function overlaps(a: Cidr, b: Cidr): boolean {
  return a.base < b.base + sizeOf(b.prefixLength) && b.base < a.base + sizeOf(a.prefixLength);
}

/** Addresses that are not used on the internet: RFC 1918 and 6598. */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"].flatMap(
  (range) => parseCidr(range) ?? [],
);

/** Whether no address of a network is used on the internet. */
export function isPrivate(cidr: Cidr): boolean {
  return PRIVATE.some((p) => p.prefixLength <= cidr.prefixLength && overlaps(p, cidr));
}

/** How much of the internet IPv4 ranges come to, in /8s; what is no range counts nothing. */
export function publicSize(ranges: readonly string[]): number {
  const networks = [...new Set(ranges)].flatMap((range) => parseCidr(range) ?? []);
  return networks.reduce((sum, cidr) => sum + (isPrivate(cidr) ? 0 : 2 ** (8 - cidr.prefixLength)), 0);
}

/** Ranges that no machine has which could be let in: https://www.iana.org/assignments/iana-ipv4-special-registry */
const NOBODYS: readonly (readonly [range: string, what: string])[] = [
  ["0.0.0.0/8", "this network itself"],
  ["127.0.0.0/8", "loopback"],
  ["169.254.0.0/16", "link-local"],
  ["224.0.0.0/4", "multicast"],
  ["240.0.0.0/4", "reserved"],
];

/** Ranges for examples in texts. */
const EXAMPLES = ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"].map(
  (range) => [range, "for documentation"] as const,
);

/** What a range is for, when that is neither a private network nor the internet. @param orExamples those as well. */
export function specialUse(cidr: Cidr, orExamples = false): string | undefined {
  const found = [...NOBODYS, ...(orExamples ? EXAMPLES : [])].find(([range]) =>
    overlaps(parseCidr(range) as Cidr, cidr),
  );
  return found?.[1];
}

/** The dotted address at `offset` from the start of a network. */
export function addressAt(cidr: Cidr, offset: number): string {
  const address = cidr.base + offset;
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

function sizeOf(prefixLength: number): number {
  return 2 ** (32 - prefixLength);
}
