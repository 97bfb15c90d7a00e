import type { Resource } from "../engine/operations";
import {
  bool,
  creationTimestamp,
  deletionPolicy,
  int,
  link,
  linkTo,
  object,
  params,
  project,
  selfLink,
  set,
  string,
  stringSet,
  strings,
} from "../schema/fields";
import type { Field, Plain, Props, ResourceSchema } from "../schema/types";
import { between, gceName, oneOf, oneOfOrEmpty } from "../schema/validators";
import { computeOperations } from "./computeOperations";

const rules = (tf: string, rest: string): Field =>
  set(
    object({
      protocol: string({ required: true, rest: "IPProtocol", same: sameProtocol }),
      ports: strings(),
    }),
    { tf, rest },
  );

const schema: ResourceSchema = {
  type: "gcp:compute/firewall:Firewall",
  label: "Firewall",
  idFormat: "projects/{project}/global/firewalls/{name}",
  autoName: true,
  exactlyOneOf: ["allows", "denies"],
  conflicts: {
    sourceServiceAccounts: ["sourceTags", "targetTags"],
    sourceTags: ["sourceServiceAccounts", "targetServiceAccounts"],
    targetServiceAccounts: ["sourceTags", "targetTags"],
    targetTags: ["sourceServiceAccounts", "targetServiceAccounts"],
  },
  customizeDiff: (_, news) => refuseOpenIngress(news),
  fields: {
    name: string({ required: true, forceNew: true, validate: gceName }),
    network: link({ required: true, rest: linkTo("networks", "global") }),
    allows: rules("allow", "allowed"),
    denies: rules("deny", "denied"),
    description: string(),
    destinationRanges: stringSet({ computed: true }),
    direction: string({ computed: true, forceNew: true, validate: oneOfOrEmpty("INGRESS", "EGRESS") }),
    disabled: bool(),
    enableLogging: bool({ computed: true, deprecated: true, notInLab: true }),
    logConfig: object(
      {
        metadata: string({
          required: true,
          validate: oneOf("EXCLUDE_ALL_METADATA", "INCLUDE_ALL_METADATA"),
        }),
      },
      { notInLab: true, absent: { enable: false } },
    ),
    priority: int({ default: 1000, validate: between(0, 65535) }),
    sourceRanges: stringSet(),
    sourceServiceAccounts: stringSet({ notInLab: true }),
    sourceTags: stringSet(),
    targetServiceAccounts: stringSet({ notInLab: true }),
    targetTags: stringSet(),
    ...params,
    ...project,
    ...deletionPolicy,
    ...creationTimestamp,
    ...selfLink,
  },
};

function sameProtocol(old: Plain, now: Plain): boolean {
  return String(old).toLowerCase() === String(now).toLowerCase();
}

/** Without a source GCE would take the whole world. */
function refuseOpenIngress(news: Props): boolean {
  const sources = [news.sourceTags, news.sourceRanges, news.sourceServiceAccounts];
  if (news.direction !== "EGRESS" && sources.every((source) => source === undefined)) {
    throw new Error("one of source_tags, source_ranges, or source_service_accounts must be defined");
  }
  return false;
}

/** A firewall rule. */
export const firewall: Resource = {
  schema,
  operations: computeOperations(schema, {
    update: [
      {
        method: "PATCH",
        whole: true,
        properties: [
          "network",
          "allows",
          "denies",
          "description",
          "destinationRanges",
          "disabled",
          "logConfig",
          "priority",
          "sourceRanges",
          "sourceServiceAccounts",
          "sourceTags",
          "targetServiceAccounts",
          "targetTags",
        ],
      },
    ],
  }),
};
