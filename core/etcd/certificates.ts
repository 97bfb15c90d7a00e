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

/** Subject of the members' and the API servers' certificates. */
export const KUBERNETES_SUBJECT = {
  commonName: "kubernetes",
  organization: "Kubernetes",
  organizationalUnit: "Kubernetes The Hard Way",
  ...PLACE,
} as const;

/** Uses of a CA, in the words of the tls provider. */
export const CA_USES = [
  "cert_signing",
  "crl_signing",
  "key_encipherment",
  "server_auth",
  "client_auth",
] as const;

/** etcd's client listener needs both: its gRPC gateway dials itself with the same certificate. */
export const LEAF_USES = ["digital_signature", "key_encipherment", "server_auth", "client_auth"] as const;

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
