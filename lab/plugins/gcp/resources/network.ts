import type { Resource } from "../engine/operations";
import { bool, deletionPolicy, int, output, params, project, selfLink, string } from "../schema/fields";
import { sameLink } from "../schema/links";
import type { ResourceSchema } from "../schema/types";
import { gceName, oneOfOrEmpty } from "../schema/validators";
import { computeOperations } from "./computeOperations";

const BGP = { computed: true, notInLab: true };

const schema: ResourceSchema = {
  type: "gcp:compute/network:Network",
  label: "Network",
  idFormat: "projects/{project}/global/networks/{name}",
  autoName: true,
  failsAsItWas: true,
  fields: {
    name: string({ required: true, forceNew: true, validate: gceName }),
    autoCreateSubnetworks: bool({ default: true, forceNew: true }),
    bgpAlwaysCompareMed: bool(BGP),
    bgpBestPathSelectionMode: string({ ...BGP, validate: oneOfOrEmpty("LEGACY", "STANDARD") }),
    bgpInterRegionCost: string({ ...BGP, validate: oneOfOrEmpty("DEFAULT", "ADD_COST_TO_MED") }),
    deleteBgpAlwaysCompareMed: bool({ default: false, notInLab: true }),
    deleteDefaultRoutesOnCreate: bool({ default: false, notInLab: true }),
    description: string({ forceNew: true }),
    enableUlaInternalIpv6: bool({ notInLab: true }),
    internalIpv6Range: string({ computed: true, forceNew: true, notInLab: true }),
    mtu: int({ computed: true }),
    networkFirewallPolicyEnforcementOrder: string({
      default: "AFTER_CLASSIC_FIREWALL",
      validate: oneOfOrEmpty("BEFORE_CLASSIC_FIREWALL", "AFTER_CLASSIC_FIREWALL"),
    }),
    networkProfile: string({ forceNew: true, same: sameLink, notInLab: true }),
    routingMode: string({
      computed: true,
      validate: oneOfOrEmpty("REGIONAL", "GLOBAL"),
      rest: "routingConfig.routingMode",
    }),
    gatewayIpv4: output(string({ rest: "gatewayIPv4" })),
    networkId: output(string({ rest: "id" })),
    numericId: output(string({ rest: "id" })),
    ...params,
    ...project,
    ...deletionPolicy,
    ...selfLink,
  },
};

/** A VPC. */
export const network: Resource = {
  schema,
  operations: computeOperations(schema, {
    update: [
      { method: "PATCH", whole: true, properties: ["routingMode", "networkFirewallPolicyEnforcementOrder"] },
      { method: "PATCH", fingerprint: true, properties: ["mtu"] },
    ],
  }),
};
