import { addressAt, parseCidr, parseIpv4 } from "../cidr";
import type { Controller } from "./topology";

/** Subject alternative names of a certificate. */
export interface Sans {
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
}

/** Subject fields as Kubernetes The Hard Way writes them. */
const PLACE = { country: "US", locality: "Portland", province: "Oregon" } as const;

/** Subject of every CA generation. etcd matches issuers by key identifier, so generations may share it. */
export const CA_SUBJECT = {
  commonName: "Kubernetes",
  organization: "Kubernetes",
  organizationalUnit: "CA",
  ...PLACE,
} as const;

/** The common name of members, which a peer can be told to insist on. */
export const MEMBER_NAME = "etcd-member";

/** What a leaf certificate says of its holder, and what it may be used for, in the words of the tls provider. */
export interface LeafRole {
  readonly commonName: string;
  readonly uses: readonly string[];
}

/** etcd's client listener needs both uses: its gRPC gateway dials itself with the same certificate. */
const SERVER_USES = ["digital_signature", "key_encipherment", "server_auth", "client_auth"];

export const LEAF_ROLES = {
  member: { commonName: MEMBER_NAME, uses: SERVER_USES },
  /** What API servers serve. */
  kubernetes: { commonName: "kubernetes", uses: SERVER_USES },
  /** What API servers show etcd. */
  client: { commonName: "kube-apiserver-etcd-client", uses: ["digital_signature", "client_auth"] },
} as const satisfies Record<string, LeafRole>;

/** Subject of a leaf certificate. */
export function leafSubject(commonName: string) {
  return {
    commonName,
    organization: "Kubernetes",
    organizationalUnit: "Kubernetes The Hard Way",
    ...PLACE,
  };
}

/** Uses of a CA, in the words of the tls provider. */
export const CA_USES = [
  "cert_signing",
  "crl_signing",
  "key_encipherment",
  "server_auth",
  "client_auth",
] as const;

/** Names of the in-cluster API service, as Kubernetes The Hard Way lists them. */
const KUBERNETES_NAMES = [
  "kubernetes",
  "kubernetes.default",
  "kubernetes.default.svc",
  "kubernetes.default.svc.cluster",
  "kubernetes.svc.cluster.local",
] as const;

/** Names of one member and of no one else: etcd checks a peer's source address against them. */
export function memberSans(controller: Pick<Controller, "name" | "ip">): Sans {
  return { dnsNames: [controller.name, "localhost"], ipAddresses: [controller.ip, "127.0.0.1"] };
}

/**
 * A name that no address ever has: a peer accepts a certificate without any name from every address, and one with
 * names from these alone.
 */
export const CLIENT_SANS: Sans = {
  dnsNames: [`${LEAF_ROLES.client.commonName}.invalid`],
  ipAddresses: [],
};

/** Names of the `kubernetes` certificate that the API servers serve and authenticate to etcd with. */
export function kubernetesSans(
  controllers: readonly Pick<Controller, "ip">[],
  serviceCidr: string,
  extraSans: readonly string[],
): Sans {
  const service = parseCidr(serviceCidr);
  if (!service) throw new Error(`serviceCidr: got ${JSON.stringify(serviceCidr)}; write an IPv4 range`);
  const isAddress = (san: string) => parseIpv4(san) !== undefined;
  return {
    dnsNames: unique([...KUBERNETES_NAMES, ...extraSans.filter((san) => !isAddress(san))]),
    ipAddresses: unique([
      addressAt(service, 1),
      ...controllers.map((c) => c.ip),
      "127.0.0.1",
      ...extraSans.filter(isAddress),
    ]),
  };
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
