import { fromRest, toRest } from "../../rest/mapping";
import { int, link, linkTo, list, object, output, string } from "../../schema/fields";
import { linkPart, type Place } from "../../schema/links";
import type { Changes, Field, Fields, JsonObject, Plain, Props } from "../../schema/types";
import { oneOf, oneOfOrEmpty } from "../../schema/validators";

const NOT_IN_LAB = { notInLab: true };

const nicFields: Fields = {
  network: link({ computed: true, rest: linkTo("networks", "global") }),
  subnetwork: link({ computed: true, rest: linkTo("subnetworks", "region") }),
  subnetworkProject: string({ computed: true, rest: false }),
  networkIp: string({ computed: true, rest: "networkIP" }),
  name: output(),
  nicType: string({
    forceNew: true,
    validate: oneOf("GVNIC", "VIRTIO_NET", "IDPF", "MRDMA", "IRDMA", "IDPF"),
  }),
  stackType: string({ computed: true, validate: oneOfOrEmpty("IPV4_ONLY", "IPV4_IPV6", "IPV6_ONLY") }),
  queueCount: int({ forceNew: true, notInLab: true }),
  accessConfigs: list(
    object({
      natIp: string({ computed: true, rest: "natIP" }),
      networkTier: string({ computed: true }),
      publicPtrDomainName: string(NOT_IN_LAB),
      securityPolicy: output(),
    }),
    { tf: "access_config" },
  ),
  aliasIpRanges: list(object({ ipCidrRange: string({ required: true }), subnetworkRangeName: string() }), {
    tf: "alias_ip_range",
    notInLab: true,
  }),
  aliasIpv6Ranges: list(object({ ipCidrRange: string({ required: true }), subnetworkRangeName: string() }), {
    tf: "alias_ipv6_range",
    notInLab: true,
  }),
  igmpQuery: string({
    computed: true,
    notInLab: true,
    validate: oneOf("IGMP_QUERY_V2", "IGMP_QUERY_DISABLED"),
  }),
  internalIpv6PrefixLength: int({ computed: true, notInLab: true }),
  ipv6AccessConfigs: list(
    object({
      networkTier: string({ required: true }),
      externalIpv6: string({ computed: true, forceNew: true }),
      externalIpv6PrefixLength: string({ computed: true, forceNew: true }),
      name: string({ computed: true, forceNew: true }),
      publicPtrDomainName: string(),
      securityPolicy: output(),
    }),
    { tf: "ipv6_access_config", notInLab: true },
  ),
  ipv6AccessType: output(),
  ipv6Address: string({ computed: true, notInLab: true }),
  macAddress: output(),
  networkAttachment: link({ computed: true, forceNew: true, notInLab: true }),
  parentNicName: output(),
  securityPolicy: string(NOT_IN_LAB),
  vlan: int({ forceNew: true, notInLab: true }),
};

/** The network interfaces of an instance. */
export const networkInterfaces: Field = list(object(nicFields), {
  tf: "network_interface",
  required: true,
  forceNew: true,
  rest: false,
});

/** Interfaces as an instance's body has them. @throws Error for one that is in no network. */
export function nicsToRest(nics: Plain, place: Place): JsonObject[] {
  return (nics as Props[]).map((nic) => {
    if (!nic.network && !nic.subnetwork) {
      throw new Error(
        "Error creating network interfaces: exactly one of network, subnetwork, or network_attachment must be provided",
      );
    }
    const there = nic.subnetworkProject ? { ...place, project: String(nic.subnetworkProject) } : place;
    const body = toRest(nicFields, nic, there);
    const external = body.accessConfigs as JsonObject[] | undefined;
    if (external) body.accessConfigs = external.map((config) => ({ type: "ONE_TO_ONE_NAT", ...config }));
    return body;
  });
}

/** Interfaces as the state has them. */
export function nicsFromRest(nics: JsonObject[]): Props[] {
  return nics.map((nic) => {
    const subnetworkProject = linkPart(String(nic.subnetwork ?? ""), "projects");
    return {
      ...fromRest(nicFields, nic),
      ...(subnetworkProject === undefined ? {} : { subnetworkProject }),
      accessConfigs: (fromRest(nicFields, nic).accessConfigs ?? []) as Props[],
      aliasIpRanges: [],
      ipv6AccessConfigs: [],
    };
  });
}

const IP_CHANGE = /^networkInterfaces\[(\d+)\]\.networkIp$/;

/** A new address on the same subnet needs a new VM. */
export function addressForcesNew(changes: Changes): boolean {
  return Object.keys(changes).some((path) => {
    const nic = IP_CHANGE.exec(path)?.[1];
    return nic !== undefined && !nicMoves(changes, Number(nic));
  });
}

/** True when an interface changes its network or subnet, which works on a stopped VM only. */
export function nicMoves(changes: Changes, index: number): boolean {
  return ["network", "subnetwork", "subnetworkProject"].some(
    (key) => `networkInterfaces[${index}].${key}` in changes,
  );
}

/** True when an interface's external addresses change. */
export function externalAddressesChange(changes: Changes, index: number): boolean {
  return Object.keys(changes).some((path) => path.startsWith(`networkInterfaces[${index}].accessConfigs`));
}
