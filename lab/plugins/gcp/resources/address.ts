import type { Resource } from "../engine/operations";
import {
  creationTimestamp,
  deletionPolicy,
  int,
  labels,
  link,
  linkTo,
  output,
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
  type: "gcp:compute/address:Address",
  label: "Address",
  idFormat: "projects/{project}/regions/{region}/addresses/{name}",
  autoName: true,
  failsAsItWas: true,
  labels: true,
  fields: {
    name: string({ required: true, forceNew: true, validate: gceName }),
    address: string({ computed: true, forceNew: true }),
    addressType: string({
      default: "EXTERNAL",
      forceNew: true,
      validate: oneOfOrEmpty("INTERNAL", "EXTERNAL"),
    }),
    description: string({ forceNew: true }),
    ipCollection: link({ forceNew: true, notInLab: true }),
    ipVersion: string({
      forceNew: true,
      validate: oneOfOrEmpty("IPV4", "IPV6"),
      same: (old, now) => (old || "IPV4") === (now || "IPV4"),
    }),
    ipv6EndpointType: string({ forceNew: true, validate: oneOfOrEmpty("VM", "NETLB"), notInLab: true }),
    network: link({ forceNew: true, rest: linkTo("networks", "global") }),
    networkTier: string({ computed: true, forceNew: true, validate: oneOfOrEmpty("PREMIUM", "STANDARD") }),
    prefixLength: int({ computed: true, forceNew: true }),
    purpose: string({ computed: true, forceNew: true }),
    subnetwork: link({ computed: true, forceNew: true, rest: linkTo("subnetworks", "region") }),
    addressId: output(string({ rest: "id" })),
    users: output(strings()),
    ...labels,
    ...project,
    ...region,
    ...deletionPolicy,
    ...creationTimestamp,
    ...selfLink,
  },
};

/** A reserved address of a region. */
export const address: Resource = {
  schema,
  operations: computeOperations(schema, { update: [], labelsAfterCreate: true }),
};
