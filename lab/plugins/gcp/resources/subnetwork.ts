import type { Resource } from "../engine/operations";
import {
  bool,
  creationTimestamp,
  deletionPolicy,
  int,
  link,
  linkTo,
  list,
  object,
  output,
  params,
  project,
  region,
  selfLink,
  string,
  stringSet,
} from "../schema/fields";
import { rangeContains } from "../schema/ranges";
import type { Props, ResourceSchema } from "../schema/types";
import { cidr, gceName, oneOfOrEmpty } from "../schema/validators";
import { computeOperations } from "./computeOperations";

const schema: ResourceSchema = {
  type: "gcp:compute/subnetwork:Subnetwork",
  label: "Subnetwork",
  idFormat: "projects/{project}/regions/{region}/subnetworks/{name}",
  autoName: true,
  failsAsItWas: true,
  customizeDiff: (olds, news) => shrinks(olds, news),
  fields: {
    name: string({ required: true, forceNew: true, validate: gceName }),
    network: link({ required: true, forceNew: true, rest: linkTo("networks", "global") }),
    ipCidrRange: string({ computed: true, validate: cidr }),
    description: string({ forceNew: true }),
    privateIpGoogleAccess: bool({ computed: true }),
    privateIpv6GoogleAccess: string({ computed: true }),
    purpose: string({ computed: true }),
    role: string({ validate: oneOfOrEmpty("ACTIVE", "BACKUP"), notInLab: true }),
    stackType: string({ computed: true, validate: oneOfOrEmpty("IPV4_ONLY", "IPV4_IPV6", "IPV6_ONLY") }),
    secondaryIpRanges: list(
      object({
        rangeName: string({ required: true, validate: gceName }),
        ipCidrRange: string({ computed: true, validate: cidr }),
        ipCollection: link({ notInLab: true }),
        ipVersion: string({ computed: true, validate: oneOfOrEmpty("IPV4", "IPV6") }),
        reservedInternalRange: link({ notInLab: true }),
      }),
      { tf: "secondary_ip_range", computed: true },
    ),
    sendSecondaryIpRangeIfEmpty: bool({ rest: false }),
    allowSubnetCidrRoutesOverlap: bool({ computed: true, notInLab: true }),
    externalIpv6Prefix: string({ computed: true, forceNew: true, notInLab: true }),
    internalIpv6Prefix: string({ computed: true, forceNew: true, validate: cidr, notInLab: true }),
    ipCollection: link({ notInLab: true }),
    ipv6AccessType: string({ validate: oneOfOrEmpty("EXTERNAL", "INTERNAL"), notInLab: true }),
    reservedInternalRange: link({ forceNew: true, notInLab: true }),
    resolveSubnetMask: string({
      forceNew: true,
      notInLab: true,
      validate: oneOfOrEmpty(
        "ARP_ALL_RANGES",
        "ARP_PRIMARY_RANGE",
        "ARP_BROADCAST_PRIMARY_RANGE",
        "ARP_BROADCAST_PRIMARY_RANGE_WITH_LEARNING",
      ),
    }),
    logConfig: object(
      {
        aggregationInterval: string({
          default: "INTERVAL_5_SEC",
          validate: oneOfOrEmpty(
            "INTERVAL_5_SEC",
            "INTERVAL_30_SEC",
            "INTERVAL_1_MIN",
            "INTERVAL_5_MIN",
            "INTERVAL_10_MIN",
            "INTERVAL_15_MIN",
          ),
        }),
        filterExpr: string({ default: "true" }),
        flowSampling: { type: "float", default: 0.5 },
        metadata: string({
          default: "INCLUDE_ALL_METADATA",
          validate: oneOfOrEmpty("EXCLUDE_ALL_METADATA", "INCLUDE_ALL_METADATA", "CUSTOM_METADATA"),
        }),
        metadataFields: stringSet(),
      },
      { notInLab: true, absent: { enable: false } },
    ),
    fingerprint: output(),
    gatewayAddress: output(),
    ipv6CidrRange: output(),
    ipv6GceEndpoint: output(),
    state: output(),
    subnetworkId: output(int({ rest: "id" })),
    ...params,
    ...project,
    ...region,
    ...deletionPolicy,
    ...creationTimestamp,
    ...selfLink,
  },
};

/** A range can grow in place; anything else needs a new subnet. */
function shrinks(olds: Props | undefined, news: Props): boolean {
  const [old, now] = [olds?.ipCidrRange, news.ipCidrRange];
  return typeof old === "string" && typeof now === "string" && !rangeContains(now, old);
}

/** A subnet of a VPC. */
export const subnetwork: Resource = {
  schema,
  operations: computeOperations(schema, {
    update: [
      { method: "POST", verb: "/expandIpCidrRange", properties: ["ipCidrRange"] },
      { method: "POST", verb: "/setPrivateIpGoogleAccess", properties: ["privateIpGoogleAccess"] },
      { method: "PATCH", fingerprint: true, properties: ["privateIpv6GoogleAccess", "stackType"] },
      { method: "PATCH", fingerprint: true, properties: ["purpose"] },
      { method: "PATCH", fingerprint: true, properties: ["secondaryIpRanges"] },
    ],
  }),
};
