import { controllerName } from "../core/etcd/topology";
import { COMMAND_TYPE, type Phase, parseCommandName } from "../core/node/phases";

/** What a resource is to the cluster. */
export type RoleKind =
  | "stack"
  | "component"
  | "provider"
  | "founders"
  | "vm"
  | "data-disk"
  | "address"
  | "external-address"
  | "host-key"
  | "deploy-key"
  | Phase
  | "reach"
  | "ca"
  | "leaf"
  | "kubernetes-leaf"
  | "vpc"
  | "subnet"
  | "firewall"
  | "way-out"
  | "service-account"
  | "other";

/** A resource's part in the cluster, told from its type and logical name. */
export interface Role {
  readonly kind: RoleKind;
  /** The etcd member it belongs to, such as `controller-1`. */
  readonly member?: string;
  /** Of a CA's key or certificate. */
  readonly caGeneration?: number;
}

/** A URN's parts: `urn:pulumi:STACK::PROJECT::PARENTS$TYPE::NAME`. */
export interface Urn {
  readonly stack: string;
  readonly project: string;
  readonly type: string;
  readonly name: string;
}

/** Splits a URN; the name may itself contain `::`. */
export function parseUrn(urn: string): Urn {
  const [stack = "", project = "", types = "", ...name] = urn.replace(/^urn:pulumi:/, "").split("::");
  return { stack, project, type: types.split("$").at(-1) ?? "", name: name.join("::") };
}

const TLS =
  /^tls:index\/(privateKey:PrivateKey|certRequest:CertRequest|locallySignedCert:LocallySignedCert|selfSignedCert:SelfSignedCert)$/;

/** By type, and by a pattern of the name; the first that fits. The pattern's group is the member. */
const ROLES: readonly (readonly [type: string | RegExp, name: RegExp, kind: RoleKind])[] = [
  ["pulumi:pulumi:Stack", /^/, "stack"],
  [/^pulumi:providers:(gcp|tls|command|pulumi)$/, /^/, "provider"],
  ["pulumi:index:Stash", /-founders$/, "founders"],
  ["gcp:compute/instance:Instance", /^(.+)$/, "vm"],
  ["gcp:compute/disk:Disk", /^(.+)-data$/, "data-disk"],
  ["gcp:compute/address:Address", /-external-address$/, "external-address"],
  ["gcp:compute/address:Address", /^(.+)-address$/, "address"],
  [TLS, /^(controller-\d+)-host-key$/, "host-key"],
  [TLS, /-deploy-key$/, "deploy-key"],
  [TLS, /-pki-ca-\d+(-key)?$/, "ca"],
  [TLS, /-pki-(controller-\d+)(?:-key|-request)?$/, "leaf"],
  [TLS, /-pki-(kubernetes|etcd-client)(-key|-request)?$/, "kubernetes-leaf"],
  ["gcp:compute/network:Network", /^/, "vpc"],
  ["gcp:compute/subnetwork:Subnetwork", /^/, "subnet"],
  ["gcp:compute/firewall:Firewall", /^/, "firewall"],
  [/^gcp:compute\/router(Nat)?:/, /^/, "way-out"],
  ["gcp:serviceaccount/account:Account", /^/, "service-account"],
];

const OF_A_MEMBER: readonly RoleKind[] = ["vm", "data-disk", "address", "host-key", "leaf"];

/** The role of a resource of this type and logical name. */
export function roleOf(type: string, name: string): Role {
  if (type === COMMAND_TYPE) return phaseRole(name);
  for (const [ofType, ofName, kind] of ROLES) {
    if (typeof ofType === "string" ? ofType !== type : !ofType.test(type)) continue;
    const match = ofName.exec(name);
    if (!match) continue;
    const generation = kind === "ca" ? /-ca-(\d+)/.exec(name)?.[1] : undefined;
    const member = OF_A_MEMBER.includes(kind) ? match[1] : undefined;
    return {
      kind,
      ...(member ? { member } : {}),
      ...(generation ? { caGeneration: Number(generation) } : {}),
    };
  }
  return { kind: "other" };
}

function phaseRole(name: string): Role {
  const { phase, index } = parseCommandName(name) ?? {};
  if (!phase) return { kind: "other" };
  return { kind: phase, ...(index === undefined ? {} : { member: controllerName(index) }) };
}

/** The number at the end of a member's name; members sort by it. */
export function memberIndex(member: string): number {
  return Number(/(\d+)$/.exec(member)?.[1] ?? Number.MAX_SAFE_INTEGER);
}

/** Members in the order of their index. */
export function sortMembers(members: Iterable<string>): string[] {
  return [...members].sort((a, b) => memberIndex(a) - memberIndex(b) || a.localeCompare(b));
}
