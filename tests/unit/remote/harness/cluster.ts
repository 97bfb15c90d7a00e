import { declareControllers, initialCluster } from "../../../../core/etcd/topology";
import type { TestNode } from "./node";
import type { Certificates } from "./pki";

/** A line of `etcdctl member list`, by its parts. */
export interface Member {
  readonly id: string;
  readonly name: string;
  readonly ip: string;
  /** Whether it has told the cluster its client URLs, which it does when it starts. @default true */
  readonly hasStarted?: boolean;
  /** @default false */
  readonly isLearner?: boolean;
}

/** The seed's members, with the IDs that follow from its URLs and token. */
export const SEED = [
  { id: "f98dc20bce6225a0", name: "controller-0", ip: "10.240.0.10" },
  { id: "ffed16798470cab5", name: "controller-1", ip: "10.240.0.11" },
  { id: "3a57933972cb5131", name: "controller-2", ip: "10.240.0.12" },
] as const satisfies readonly Member[];

/** The ID that the fake gives to an added member. */
export const ADDED_ID = "aaaabbbbccccdddd";

/** The `members` option for this many controllers. */
export function declaredMembers(count = 3): string {
  return initialCluster(declareControllers(count, ["us-west1-c"]));
}

/** A member as `etcdctl member list` prints it; a founder has a name before it has started. */
export function memberLine({ id, name, ip, hasStarted = true, isLearner = false }: Member): string {
  const status = name === "" ? "unstarted" : "started";
  return [
    id,
    status,
    name,
    `https://${ip}:2380`,
    hasStarted ? `https://${ip}:2379` : "",
    String(isLearner),
  ].join(", ");
}

/** Makes `members` the live cluster that the node's etcdctl asks; `leader` is an ID. */
export function setCluster(
  node: TestNode,
  members: readonly Member[] = SEED,
  leader: string = SEED[1].id,
): void {
  node.write("/fake/cluster/members", members.map((member) => `${memberLine(member)}\n`).join(""));
  node.write("/fake/cluster/leader", `${leader}\n`);
  node.write("/fake/cluster/self", `${node.ip}\n`);
}

/** The live members' names, or their addresses while they have none. */
export function liveMembers(node: TestNode): string {
  return node.read("/fake/cluster/members");
}

/**
 * What another member was started with: the CA bundle that it trusts until it restarts, and the certificate
 * that it serves. Without it, any certificate passes there.
 */
export function setCertificates(
  node: TestNode,
  ip: string,
  { ca, cert }: Pick<Certificates, "ca" | "cert">,
): void {
  node.write(`/fake/cluster/trusts@${ip}`, ca);
  node.write(`/fake/cluster/served@${ip}`, cert);
}

/** Lets one member no longer answer. */
export function takeDown(node: TestNode, ip: string): void {
  node.write(`/fake/cluster/down@${ip}`, "");
}
