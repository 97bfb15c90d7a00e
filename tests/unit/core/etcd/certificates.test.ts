import {
  CA_SUBJECT,
  CA_USES,
  CLIENT_SANS,
  kubernetesSans,
  LEAF_ROLES,
  leafSubject,
  memberSans,
} from "../../../../core/etcd/certificates";

const CONTROLLERS = [{ ip: "10.240.0.10" }, { ip: "10.240.0.11" }, { ip: "10.240.0.12" }];

const KTHW_NAMES = [
  "kubernetes",
  "kubernetes.default",
  "kubernetes.default.svc",
  "kubernetes.default.svc.cluster",
  "kubernetes.svc.cluster.local",
];

test("a member's names are its own only", () => {
  expect(memberSans({ name: "controller-1", ip: "10.240.0.11" })).toEqual({
    dnsNames: ["controller-1", "localhost"],
    ipAddresses: ["10.240.0.11", "127.0.0.1"],
  });
});

test("the kubernetes certificate has the names of Kubernetes The Hard Way", () => {
  expect(kubernetesSans(CONTROLLERS, "10.32.0.0/24", [])).toEqual({
    dnsNames: KTHW_NAMES,
    ipAddresses: ["10.32.0.1", "10.240.0.10", "10.240.0.11", "10.240.0.12", "127.0.0.1"],
  });
});

test("the service address follows the service range", () => {
  expect(kubernetesSans([], "172.16.0.0/12", []).ipAddresses).toEqual(["172.16.0.1", "127.0.0.1"]);
});

test("extra names go where they belong, each once", () => {
  const extra = ["api.example", "203.0.113.5", "kubernetes", "10.240.0.11", "api.example", "*.k8s.example"];
  expect(kubernetesSans(CONTROLLERS, "10.32.0.0/24", extra)).toEqual({
    dnsNames: [...KTHW_NAMES, "api.example", "*.k8s.example"],
    ipAddresses: ["10.32.0.1", "10.240.0.10", "10.240.0.11", "10.240.0.12", "127.0.0.1", "203.0.113.5"],
  });
});

test("a service range that is none is an error", () => {
  expect(() => kubernetesSans([], "10.32.0.1/24", [])).toThrow(
    new Error('serviceCidr: got "10.32.0.1/24"; write an IPv4 range'),
  );
});

test("subjects are those of Kubernetes The Hard Way", () => {
  const place = { country: "US", locality: "Portland", organization: "Kubernetes", province: "Oregon" };
  expect(CA_SUBJECT).toEqual({ commonName: "Kubernetes", organizationalUnit: "CA", ...place });
  expect(leafSubject("kubernetes")).toEqual({
    commonName: "kubernetes",
    organizationalUnit: "Kubernetes The Hard Way",
    ...place,
  });
});

test("members and API servers serve and dial, a client of etcd dials alone, a CA signs", () => {
  const both = ["digital_signature", "key_encipherment", "server_auth", "client_auth"];
  expect(LEAF_ROLES).toEqual({
    member: { commonName: "etcd-member", uses: both },
    kubernetes: { commonName: "kubernetes", uses: both },
    client: { commonName: "kube-apiserver-etcd-client", uses: ["digital_signature", "client_auth"] },
  });
  // A peer accepts a certificate without a name from everywhere.
  expect(CLIENT_SANS).toEqual({ dnsNames: ["kube-apiserver-etcd-client.invalid"], ipAddresses: [] });
  expect(CA_USES).toEqual(["cert_signing", "crl_signing", "key_encipherment", "server_auth", "client_auth"]);
});
