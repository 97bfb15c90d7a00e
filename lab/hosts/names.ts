/** The lab's network namespace and the bridge in it. */
export const LAB_NETNS = "etcd-lab";
export const BRIDGE = "br-lab";
/** The bridge's own address: the hosts' gateway, where the mirror answers. */
export const GATEWAY = "10.240.0.1";
export const METADATA_IP = "169.254.169.254";

/** Where external addresses come from: ranges kept for documentation, which nothing outside of the lab has. */
export const EXTERNAL_RANGES = ["198.51.100.0/24", "203.0.113.0/24"];
/** What the engine's own address is to a host that it dials by an external one: not one of the VPC. */
export const ENGINE_PUBLIC_IP = "192.0.2.1";

/** Everything that the lab makes on the machine has this, and teardown touches nothing else. */
export const PREFIX = "etcdlab-";

/** Network namespace, nspawn machine and cgroup of a host. */
export function machineName(host: string): string {
  return `${PREFIX}${host}`;
}

/** Interface on the bridge: at most 15 characters, so it leaves out the 10 that all begin with. */
export function vethName(ip: string): string {
  return `vl-${ip.split(".").slice(1).join("-")}`;
}
