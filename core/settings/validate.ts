import { overlaps, parseCidr, parseIpv4 } from "../cidr";
import { KNOWN_VERSIONS, knownSha256 } from "../etcd/releases";
import { IAP_SOURCE_RANGE, SUBNET_CIDR } from "../etcd/topology";
import type { Problems } from "./problems";
import type { Settings } from "./types";
import { refuseVersion } from "./versionFloors";

const GCE_NAME = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;
// Names of firewall rules and of the router end in a role, of which this is the longest.
const NETWORK_NAME_MAX = 63 - "-etcd-clients".length;
const LABEL_KEY = /^[a-z][-_a-z0-9]{0,62}$/;
const LABEL_VALUE = /^[-_a-z0-9]{0,63}$/;
const DNS_NAME = /^(\*\.)?[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/i;
const DISK_TYPES = ["pd-ssd", "pd-balanced", "pd-extreme", "hyperdisk-balanced", "hyperdisk-extreme"];

/** Checks the controllers, their place and their disks. */
export function validateMachines(s: Settings, problems: Problems): void {
  if (![1, 3, 5, 7].includes(s.controllerCount)) {
    problems.add("controllerCount", s.controllerCount, "use 1, 3, 5 or 7: an even number adds no tolerance");
  }
  if (!/^[a-z]+-[a-z]+\d+$/.test(s.region))
    problems.add("region", s.region, "write a region such as us-west1");
  if (s.zones.length === 0) problems.add("zones", s.zones, `write at least one zone of region ${s.region}`);
  for (const zone of s.zones) {
    if (zone.slice(0, -1) !== `${s.region}-` || !/[a-z]$/.test(zone)) {
      problems.add("zones", zone, `write zones of region ${s.region}, such as ${s.region}-a`);
    }
  }
  if (new Set(s.zones).size !== s.zones.length) problems.add("zones", s.zones, "write each zone once");
  for (const name of ["networkName", "subnetName", "machineType"] as const) {
    if (!GCE_NAME.test(s[name]))
      problems.add(name, s[name], "write a GCE name: lower case, digits and hyphens");
  }
  if (s.networkName.length > NETWORK_NAME_MAX) {
    problems.add(
      "networkName",
      s.networkName,
      `use ${NETWORK_NAME_MAX} characters at most: firewall rules are named after it`,
    );
  }
  if (
    !/^(https:\/\/www\.googleapis\.com\/compute\/v1\/)?projects\/[^/]+\/global\/images\/(family\/)?[^/]+$/.test(
      s.image,
    )
  ) {
    problems.add("image", s.image, "write projects/PROJECT/global/images/family/FAMILY, or …/images/NAME");
  }
  if (s.architecture === "arm64" && !/arm64/.test(s.image)) {
    problems.add(
      "image",
      s.image,
      `machineType ${s.machineType} is Arm; use an arm64 image, such as family/debian-12-arm64`,
    );
  }
  if (s.architecture === "amd64" && /arm64[^/]*$/.test(s.image)) {
    problems.add(
      "image",
      s.image,
      `machineType ${s.machineType} is x86; use an amd64 image, such as family/debian-12`,
    );
  }
  between(problems, "bootDiskSizeGb", s.bootDiskSizeGb, 10, 2048);
  between(problems, "dataDiskSizeGb", s.dataDiskSizeGb, 10, 65536);
  if (!DISK_TYPES.includes(s.dataDiskType)) {
    problems.add(
      "dataDiskType",
      s.dataDiskType,
      `etcd needs fast fsync; use one of ${DISK_TYPES.join(", ")}`,
    );
  }
  for (const [key, value] of Object.entries(s.labels)) {
    if (!LABEL_KEY.test(key) || !LABEL_VALUE.test(value)) {
      problems.add(
        `labels.${key}`,
        value,
        "use lower case, digits, - and _; a key starts with a letter; 63 characters at most",
      );
    }
  }
}

/** Checks the etcd release and its options. */
export function validateRelease(s: Settings, problems: Problems): void {
  const runs = refuseVersion(s, problems);
  if (!/^https?:\/\/[^\s/?#]+[^\s?#]*$/.test(s.etcdDownloadBaseUrl)) {
    problems.add("etcdDownloadBaseUrl", s.etcdDownloadBaseUrl, "write an http or https URL without a query");
  }
  if (s.etcdSha256 !== "" && !/^[0-9a-f]{64}$/.test(s.etcdSha256)) {
    problems.add("etcdSha256", s.etcdSha256, "write the tarball's sha256 as 64 lower-case hex digits");
  }
  if (runs && s.etcdSha256 === "" && knownSha256(s.etcdVersion, s.architecture) === undefined) {
    problems.add(
      "etcdVersion",
      s.etcdVersion,
      `its checksum is not known; set etcdSha256, or use one of ${KNOWN_VERSIONS.join(", ")}`,
    );
  }
  between(problems, "quotaBackendBytes", s.quotaBackendBytes, 64 * 1024 ** 2, 8 * 1024 ** 3);
}

/** Checks certificate lifetimes, CA generations and names. */
export function validateCertificates(s: Settings, problems: Problems): void {
  if (!["ECDSA", "RSA"].includes(s.certKeyAlgorithm)) {
    problems.add("certKeyAlgorithm", s.certKeyAlgorithm, "use ECDSA (P-256) or RSA (2048 bits)");
  }
  between(problems, "certValidityHours", s.certValidityHours, 1, 87600);
  between(problems, "caValidityHours", s.caValidityHours, 1, 262800);
  if (s.caValidityHours < s.certValidityHours) {
    problems.add(
      "caValidityHours",
      s.caValidityHours,
      `use certValidityHours (${s.certValidityHours}) or more`,
    );
  }
  const lastRenewalHours = Math.max(s.certValidityHours - 1, 0);
  if (s.certEarlyRenewalHours < 0 || s.certEarlyRenewalHours > lastRenewalHours) {
    problems.add(
      "certEarlyRenewalHours",
      s.certEarlyRenewalHours,
      `use 0 to ${lastRenewalHours}, less than certValidityHours, or every up would renew`,
    );
  }
  if (s.caTrusted.length === 0 || s.caTrusted.length > 2) {
    problems.add("caTrusted", s.caTrusted, "trust one CA generation, or two while rotating");
  }
  if (
    !s.caTrusted.every((g) => Number.isInteger(g) && g >= 1) ||
    new Set(s.caTrusted).size !== s.caTrusted.length
  ) {
    problems.add("caTrusted", s.caTrusted, "write different whole numbers from 1");
  }
  if (!s.caTrusted.includes(s.caActive)) {
    problems.add(
      "caActive",
      s.caActive,
      `use one of the trusted generations (caTrusted: ${JSON.stringify(s.caTrusted)})`,
    );
  }
  for (const san of s.extraSans) {
    if (parseIpv4(san) === undefined && (!DNS_NAME.test(san) || /^[\d.]+$/.test(san))) {
      problems.add("extraSans", san, "write DNS names and IPv4 addresses");
    }
  }
}

/** Checks who may reach the cluster, and the address ranges. */
export function validateAccess(s: Settings, problems: Problems): void {
  const ranges = { podCidr: s.podCidr, serviceCidr: s.serviceCidr, subnet: SUBNET_CIDR };
  for (const name of ["podCidr", "serviceCidr"] as const) {
    const cidr = parseCidr(s[name]);
    if (!cidr) problems.add(name, s[name], "write an IPv4 range such as 10.200.0.0/16, with zero host bits");
    else if (cidr.prefixLength > 28) problems.add(name, s[name], "use /28 or a larger range");
  }
  for (const [a, b] of [
    ["podCidr", "serviceCidr"],
    ["podCidr", "subnet"],
    ["serviceCidr", "subnet"],
  ] as const) {
    const [x, y] = [parseCidr(ranges[a]), parseCidr(ranges[b])];
    if (x && y && overlaps(x, y))
      problems.add(a, ranges[a], `it overlaps the ${b} range ${ranges[b]}; use another`);
  }
  for (const name of ["apiServerSourceRanges", "sshSourceRanges"] as const) {
    for (const range of s[name]) {
      const cidr = parseCidr(range);
      if (!cidr) problems.add(name, range, "write IPv4 ranges such as 203.0.113.0/24, with zero host bits");
      else if (cidr.prefixLength < 8)
        problems.add(name, range, "name the range that needs it: /8 or smaller, never the world");
    }
  }
  if (!["internal", "external", "bastion"].includes(s.sshReach)) {
    problems.add("sshReach", s.sshReach, "use internal, external or bastion");
  }
  if (s.sshSourceRanges.length === 0) {
    problems.add(
      "sshSourceRanges",
      s.sshSourceRanges,
      "write the ranges that the engine or bastion dials from",
    );
  }
  if (s.sshReach === "external" && s.sshSourceRanges.join() === IAP_SOURCE_RANGE) {
    problems.add(
      "sshSourceRanges",
      s.sshSourceRanges,
      'sshReach "external" dials public addresses, which IAP does not; write the range that the engine dials from',
    );
  }
  between(problems, "sshDialErrorLimit", s.sshDialErrorLimit, 1, 200);
}

function between(problems: Problems, name: string, value: number, low: number, high: number): void {
  if (value < low || value > high) problems.add(name, value, `use ${low} to ${high}`);
}
