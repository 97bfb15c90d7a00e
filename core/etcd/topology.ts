import { addressAt, parseCidr } from "../cidr";

/** The default subnet; the known member IDs are those of its addresses. */
export const SUBNET_CIDR = "10.240.0.0/24";

/** Google's range for IAP TCP forwarding: https://cloud.google.com/iap/docs/using-tcp-forwarding */
export const IAP_SOURCE_RANGE = "35.235.240.0/20";

/** The network tag of every controller; firewall rules name it. */
export const CONTROLLER_TAG = "controller";

/** The token that, hashed with the peer URLs, gives the cluster and member IDs. */
export const INITIAL_CLUSTER_TOKEN = "etcd-cluster-0";

/** One controller, as declared: everything about it that is known before anything exists. */
export interface Controller {
  /** From 0. */
  readonly index: number;
  /** The instance's name, its `hostname -s` and the etcd member's name. */
  readonly name: string;
  /** The reserved internal IPv4 address. */
  readonly ip: string;
  readonly zone: string;
  readonly peerUrl: string;
  readonly clientUrl: string;
}

/** The name of the controller at an index. */
export function controllerName(index: number): string {
  return `controller-${index}`;
}

/** Controllers `controller-0`… at the subnet's tenth address and up, spread over `zones` in turn. */
export function declareControllers(
  count: number,
  zones: readonly string[],
  subnetCidr: string = SUBNET_CIDR,
): Controller[] {
  const subnet = parseCidr(subnetCidr);
  if (!subnet) throw new Error(`subnetCidr: got ${JSON.stringify(subnetCidr)}; write an IPv4 range`);
  return Array.from({ length: count }, (_, index) => {
    const ip = addressAt(subnet, 10 + index);
    const zone = zones[index % zones.length];
    if (zone === undefined) throw new Error("declareControllers: zones is empty");
    return {
      index,
      name: controllerName(index),
      ip,
      zone,
      peerUrl: `https://${ip}:2380`,
      clientUrl: `https://${ip}:2379`,
    };
  });
}

/** etcd's `--initial-cluster` value: `name=peerUrl`, comma-separated, in order of index. */
export function initialCluster(controllers: readonly Pick<Controller, "name" | "peerUrl">[]): string {
  return controllers.map((c) => `${c.name}=${c.peerUrl}`).join(",");
}
