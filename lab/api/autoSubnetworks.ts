import { addressAt, parseCidr } from "../../core/cidr";
import { fingerprint } from "./fingerprint";
import { selfLink } from "./paths";
import { REGIONS } from "./places";
import type { Resource, Store } from "./store";

/** The ranges of an auto mode network. https://cloud.google.com/vpc/docs/subnets#ip-ranges */
const RANGES: { readonly [region: string]: string } = {
  "us-central1": "10.128.0.0/20",
  "europe-west1": "10.132.0.0/20",
  "us-west1": "10.138.0.0/20",
};

/** Makes a subnetwork in every region for an auto mode network; their links. */
export function createAutoSubnetworks(networkPath: string, store: Store): string[] {
  const [, project, name] = /^projects\/([^/]+)\/global\/networks\/(.*)$/.exec(networkPath) ?? [];
  return Object.keys(REGIONS).map((region) => {
    const path = `projects/${project}/regions/${region}/subnetworks/${name}`;
    const range = RANGES[region] ?? "";
    const cidr = parseCidr(range);
    if (!cidr) throw new Error(`region ${region} has no range for auto mode networks`);
    put(store, path, {
      kind: "compute#subnetwork",
      name,
      network: selfLink(networkPath),
      region: selfLink(`projects/${project}/regions/${region}`),
      ipCidrRange: range,
      gatewayAddress: addressAt(cidr, 1),
      privateIpGoogleAccess: false,
      privateIpv6GoogleAccess: "DISABLE_GOOGLE_ACCESS",
      purpose: "PRIVATE",
      stackType: "IPV4_ONLY",
      state: "READY",
      fingerprint: fingerprint(path),
    });
    return selfLink(path);
  });
}

/**
 * Makes what a new project has: the auto mode network `default` and its firewall rules. Done once a project, so
 * that what was deleted stays away.
 * https://cloud.google.com/vpc/docs/vpc#default-network and https://cloud.google.com/firewall/docs/firewalls#more_rules_default_vpc
 */
export function ensureDefaultNetwork(project: string, store: Store): void {
  const mark = `defaults/${project}`;
  if (store.get(mark)) return;
  store.put(mark, { made: true });
  const network = `projects/${project}/global/networks/default`;
  put(store, network, {
    kind: "compute#network",
    name: "default",
    description: "Default network for the project",
    autoCreateSubnetworks: true,
    mtu: 1460,
    networkFirewallPolicyEnforcementOrder: "AFTER_CLASSIC_FIREWALL",
    routingConfig: { routingMode: "REGIONAL", bgpBestPathSelectionMode: "LEGACY" },
    subnetworks: createAutoSubnetworks(network, store),
  });
  for (const [suffix, description, sourceRanges, allowed] of RULES) {
    put(store, `projects/${project}/global/firewalls/default-allow-${suffix}`, {
      kind: "compute#firewall",
      name: `default-allow-${suffix}`,
      description,
      network: selfLink(network),
      direction: "INGRESS",
      priority: 65534,
      disabled: false,
      logConfig: { enable: false },
      sourceRanges: [sourceRanges],
      allowed,
    });
  }
}

const ALL_PORTS = ["0-65535"];
const RULES: readonly [suffix: string, description: string, sourceRange: string, allowed: Resource[]][] = [
  ["icmp", "Allow ICMP from anywhere", "0.0.0.0/0", [{ IPProtocol: "icmp" }]],
  [
    "internal",
    "Allow internal traffic on the default network",
    "10.128.0.0/9",
    [
      { IPProtocol: "tcp", ports: ALL_PORTS },
      { IPProtocol: "udp", ports: ALL_PORTS },
      { IPProtocol: "icmp" },
    ],
  ],
  ["rdp", "Allow RDP from anywhere", "0.0.0.0/0", [{ IPProtocol: "tcp", ports: ["3389"] }]],
  ["ssh", "Allow SSH from anywhere", "0.0.0.0/0", [{ IPProtocol: "tcp", ports: ["22"] }]],
];

function put(store: Store, path: string, resource: Resource): void {
  const id = store.nextId();
  store.put(path, {
    ...resource,
    id,
    creationTimestamp: new Date().toISOString(),
    selfLink: selfLink(path),
    ...(resource.kind === "compute#network" ? { selfLinkWithId: selfLink(path.replace(/[^/]+$/, id)) } : {}),
  });
}
