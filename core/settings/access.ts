import { type Cidr, isPrivate, overlaps, parseCidr, publicSize, specialUse } from "../cidr";
import { IAP_SOURCE_RANGE } from "../etcd/topology";
import type { Settings } from ".";
import { BASTION } from "./bastion";
import { choice, integer, list, type Report, text } from "./kinds";

/** Who may reach the cluster, and the address ranges. */
export const ACCESS = {
  podCidr: text({
    default: "10.200.0.0/16",
    description: "Pod address range; pods may reach kube-apiserver, port 6443, on the controllers.",
    effect: "firewall",
    check: (cidr, report, { serviceCidr, subnetCidr }) => {
      checkRange(cidr, report);
      const range = parseCidr(cidr);
      if (range && range.prefixLength >= 8 && !specialUse(range, true) && !isPrivate(range))
        report(cidr, "it opens port 6443 to the internet; use a private range, of RFC 1918 or 6598");
      checkOverlap(cidr, "serviceCidr", serviceCidr, report);
      checkOverlap(cidr, "subnet", subnetCidr, report);
    },
  }),
  serviceCidr: text({
    default: "10.32.0.0/24",
    description: "Service address range; its first address is a name of the kubernetes certificate.",
    effect: "clients",
    check: (cidr, report, { subnetCidr }) => {
      checkRange(cidr, report);
      checkOverlap(cidr, "subnet", subnetCidr, report);
    },
  }),
  apiServerSourceRanges: list("string", {
    default: [],
    description: "Ranges of API servers outside the controllers that may reach etcd's client port 2379.",
    effect: "firewall",
    each: checkSource,
    check: checkSum,
  }),
  sshReach: choice(["internal", "external", "bastion"], "use internal, external or bastion", {
    default: "internal",
    description:
      "How Pulumi connects to the controllers, internal (inside the VPC), external (public addresses) or bastion.",
    effect: "reach",
  }),
  sshSourceRanges: list("string", {
    default: [IAP_SOURCE_RANGE],
    description:
      "Ranges that may reach port 22; the default is Google's range for IAP. The subnet itself always may.",
    effect: "firewall",
    each: checkSource,
    check: checkSshSources,
  }),
  sshDialErrorLimit: integer({
    default: 60,
    description:
      "Failed SSH connections before a step gives up; 60 take 4.5 minutes where the port is closed, 10 where nothing answers.",
    effect: "phases",
    range: [1, 200],
  }),
  bastion: BASTION,
};

function checkRange(range: string, report: Report): void {
  const cidr = parseCidr(range);
  if (!cidr) report(range, "write an IPv4 range such as 10.200.0.0/16, with zero host bits");
  else if (cidr.prefixLength > 28) report(range, "use /28 or a larger range");
  else checkExposure(range, cidr, report, specialUse(cidr, true));
}

function checkOverlap(range: string, otherName: string, other: string, report: Report): void {
  const [a, b] = [parseCidr(range), parseCidr(other)];
  if (a && b && overlaps(a, b)) report(range, `it overlaps the ${otherName} range ${other}; use another`);
}

function checkSource(range: string, report: Report): void {
  const cidr = parseCidr(range);
  if (!cidr) report(range, "write IPv4 ranges such as 203.0.113.0/24, with zero host bits");
  else checkExposure(range, cidr, report, specialUse(cidr));
}

/** One rule for every range that opens a port. */
function checkExposure(range: string, { prefixLength }: Cidr, report: Report, use: string | undefined): void {
  if (prefixLength < 8) report(range, "name the range that needs it: /8 or smaller, never the world");
  else if (use)
    report(range, `no traffic can come from there: the range is ${use}; write the range that you mean`);
}

function checkSum(ranges: readonly string[], report: Report): void {
  const isTooWide = (range: string) => (parseCidr(range)?.prefixLength ?? 8) < 8;
  if (!ranges.some(isTooWide) && publicSize(ranges) > 1)
    report(ranges, "together they are more of the internet than a /8; name the ranges that need it");
}

function checkSshSources(ranges: readonly string[], report: Report, { sshReach }: Settings): void {
  checkSum(ranges, report);
  if (ranges.length === 0) report(ranges, "write the ranges that the engine or bastion dials from");
  if (sshReach === "external" && ranges.join() === IAP_SOURCE_RANGE) {
    const why = 'sshReach "external" dials public addresses, which IAP does not';
    report(ranges, `${why}; write the range that the engine dials from`);
  }
}
