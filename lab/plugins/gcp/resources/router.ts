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
  params,
  project,
  region,
  selfLink,
  string,
  strings,
} from "../schema/fields";
import type { ResourceSchema } from "../schema/types";
import { gceName, oneOfOrEmpty } from "../schema/validators";
import { computeOperations } from "./computeOperations";

const schema: ResourceSchema = {
  type: "gcp:compute/router:Router",
  label: "Router",
  idFormat: "projects/{project}/regions/{region}/routers/{name}",
  autoName: true,
  fields: {
    name: string({ required: true, forceNew: true, validate: gceName }),
    network: link({ forceNew: true, rest: linkTo("networks", "global") }),
    description: string(),
    bgp: object(
      {
        asn: int({ required: true }),
        advertiseMode: string({ default: "DEFAULT", validate: oneOfOrEmpty("DEFAULT", "CUSTOM") }),
        advertisedGroups: strings(),
        advertisedIpRanges: list(object({ range: string({ required: true }), description: string() })),
        identifierRange: string({ computed: true }),
        keepaliveInterval: int({ default: 20 }),
      },
      { absent: null },
    ),
    encryptedInterconnectRouter: bool({ forceNew: true, notInLab: true }),
    md5AuthenticationKeys: object(
      { key: string({ required: true }), name: string({ required: true }) },
      { notInLab: true },
    ),
    nccGateway: link({ forceNew: true, notInLab: true }),
    ...params,
    ...project,
    ...region,
    ...deletionPolicy,
    ...creationTimestamp,
    ...selfLink,
  },
};

/** A Cloud Router. */
export const router: Resource = {
  schema,
  operations: computeOperations(schema, {
    update: [{ method: "PATCH", whole: true, properties: ["description", "bgp"] }],
  }),
};
