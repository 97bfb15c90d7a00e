import * as pulumi from "@pulumi/pulumi";
import type { ClusterOutputs, OtherOutputs } from "../../../core/contract/outputs";
import { renderEncryption } from "../../../examples/control-plane/encryption";
import { renderKubeconfig } from "../../../examples/control-plane/kubeconfig";
import { renderUnit } from "../../../examples/control-plane/unit";
import { type Graph, graphOf } from "../components/mocks";

const SHA256 = "a".repeat(64);
const CERT = (name: string) => `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----\n`;
const KEY = "-----BEGIN EC PRIVATE KEY-----\nTOP-SECRET\n-----END EC PRIVATE KEY-----\n";
const IPS = [0, 1, 2].map((index) => `10.240.0.1${index}`);

const ETCD_OUTPUTS = {
  contractVersion: 1,
  memberList:
    "f98dc20bce6225a0, started, controller-0, https://10.240.0.10:2380, https://10.240.0.10:2379, false",
  members: [
    {
      id: "f98dc20bce6225a0",
      name: "controller-0",
      peerUrls: ["https://10.240.0.10:2380"],
      clientUrls: ["https://10.240.0.10:2379"],
      isLearner: false,
    },
  ],
  endpoints: IPS.map((ip) => `https://${ip}:2379`),
  clusterToken: "etcd-cluster-0",
  etcdVersion: "3.4.10",
  caCertPem: CERT("etcd-ca"),
  kubernetesCertPem: CERT("kubernetes"),
  kubernetesKeyPem: KEY,
  etcdClientCertPem: CERT("etcd-client"),
  etcdClientKeyPem: KEY,
  certificateExpiry: { kubernetes: "2027-01-01T00:00:00Z" },
  networkSelfLink: "network",
  subnetSelfLink: "subnet",
  sshAccess: IPS.map((host, index) => ({
    name: `controller-${index}`,
    connection: { host, port: 22, user: "etcd-deploy", privateKey: KEY, hostKey: "ssh-ed25519 AAAA" },
  })),
} satisfies ClusterOutputs & Pick<OtherOutputs, "sshAccess">;

/** The graph of the example's own entry point. */
function build(settings: Record<string, string> = {}, outputs: Record<string, unknown> = ETCD_OUTPUTS) {
  const all = {
    kubernetesVersion: "1.33.4",
    architecture: "amd64",
    downloadBaseUrl: "https://dl.k8s.io",
    kubeApiserverSha256: SHA256,
    serviceCidr: "10.32.0.0/24",
    ...settings,
  };
  return graphOf(async () => {
    pulumi.runtime.setAllConfig(
      Object.fromEntries(Object.entries(all).map(([name, value]) => [`etcd-on-gce:${name}`, value])),
    );
    const main = require("../../../examples/control-plane/index") as () => Promise<unknown>;
    return main();
  }, outputs);
}

describe("the control plane", () => {
  let graph: Graph;
  beforeAll(async () => {
    graph = await build();
  });

  const waitsFor = (name: string) =>
    graph
      .optionsOf(name)
      .dependencies.filter((d) => d.startsWith("kube-apiserver-"))
      .sort();

  test("is two commands for each controller of the etcd stack, with that stack's connection", () => {
    expect(
      graph
        .byType(":Command")
        .map(({ name }) => name)
        .sort(),
    ).toEqual([0, 1, 2].flatMap((i) => [`kube-apiserver-${i}-install`, `kube-apiserver-${i}-serve`]));
    for (const [index, ip] of IPS.entries()) {
      expect(JSON.stringify(graph.one(`kube-apiserver-${index}-serve`).inputs.connection)).toContain(
        `"host":"${ip}"`,
      );
    }
  });

  test("installs in parallel and serves one after the other", () => {
    expect(waitsFor("kube-apiserver-1-install")).toEqual([]);
    expect(waitsFor("kube-apiserver-0-serve")).toEqual(["kube-apiserver-0-install"]);
    expect(waitsFor("kube-apiserver-1-serve")).toEqual(
      expect.arrayContaining(["kube-apiserver-0-serve", "kube-apiserver-1-install"]),
    );
    expect(waitsFor("kube-apiserver-1-serve").join()).not.toContain("kube-apiserver-2");
  });

  test("sends keys on stdin alone, and shows what is public", () => {
    const { create, update, stdin, logging } = graph.one("kube-apiserver-0-serve").inputs;
    expect(create).toMatch(
      /^sudo timeout -k 10 300 \S+\/serve\.sh \\\n {2}--version 1\.33\.4 \\\n {2}--unit \w+ \\\n {2}--certificates \w+$/,
    );
    expect(update).toBe(create);
    expect(JSON.stringify(stdin)).toContain("TOP-SECRET");
    expect(logging).toBe("none");
  });

  test("starts nothing that the stack's outputs do not name", () => {
    expect(JSON.stringify(graph.one("kube-apiserver-2-install").inputs.stdin)).toContain(
      "--etcd-servers=https://10.240.0.10:2379,https://10.240.0.11:2379,https://10.240.0.12:2379",
    );
  });
});

test.each([
  ["kubernetesVersion", "v1.33", '- kubernetesVersion: got "v1.33"; write MAJOR.MINOR.PATCH, such as 1.33.4'],
  ["architecture", "s390x", '- architecture: got "s390x"; use amd64 or arm64'],
  [
    "kubeApiserverSha256",
    "",
    '- kubeApiserverSha256: got ""; write the binary\'s sha256 as 64 lower-case hex digits',
  ],
])("a bad %s ends the run before anything is registered", async (name, value, problem) => {
  await expect(build({ [name]: value })).rejects.toThrow(
    new pulumi.RunError(`problems in the settings; nothing was changed:\n${problem}`),
  );
});

test("an etcd stack of another contract is refused before anything is registered", async () => {
  await expect(build({}, { ...ETCD_OUTPUTS, contractVersion: 2 })).rejects.toThrow(
    /^stack organization\/etcd-on-gce\/test: contractVersion: got 2; this reader knows 1\. /,
  );
});

test("the unit has the flags of Kubernetes The Hard Way", () => {
  const unit = renderUnit({
    address: "10.240.0.10",
    count: 1,
    etcdServers: ["https://10.240.0.10:2379"],
    serviceCidr: "10.32.0.0/24",
  });
  expect(unit.match(/^ExecStart=.*(\n {2}--.*)*/m)?.[0]).toBe(
    [
      "ExecStart=/usr/local/bin/kube-apiserver",
      "--advertise-address=10.240.0.10",
      "--allow-privileged=true",
      "--apiserver-count=1",
      "--authorization-mode=Node,RBAC",
      "--bind-address=0.0.0.0",
      "--client-ca-file=/var/lib/kubernetes/pki/current/client-ca.pem",
      "--enable-admission-plugins=NodeRestriction",
      "--encryption-provider-config=/var/lib/kubernetes/pki/current/encryption.yaml",
      "--etcd-servers=https://10.240.0.10:2379",
      "--etcd-cafile=/var/lib/kubernetes/pki/current/etcd-ca.pem",
      "--etcd-certfile=/var/lib/kubernetes/pki/current/etcd-client.pem",
      "--etcd-keyfile=/var/lib/kubernetes/pki/current/etcd-client-key.pem",
      "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
      "--service-account-key-file=/var/lib/kubernetes/pki/current/service-account-key.pem",
      "--service-account-signing-key-file=/var/lib/kubernetes/pki/current/service-account-key.pem",
      "--service-cluster-ip-range=10.32.0.0/24",
      "--tls-cert-file=/var/lib/kubernetes/pki/current/kubernetes.pem",
      "--tls-private-key-file=/var/lib/kubernetes/pki/current/kubernetes-key.pem",
    ].join(" \\\n  "),
  );
});

test("secrets are encrypted before etcd gets them, or only read, by a key of 32 bytes", () => {
  const text = renderEncryption("KEY", true);
  expect(text).toMatch(/- secretbox: .*\n {6}- identity: \{\}\n$/);
  expect(renderEncryption("KEY", false)).toMatch(/- identity: \{\}\n {6}- secretbox: .*\n$/);
  const secret = /secret: (\S+)/.exec(text)?.[1] ?? "";
  expect(Buffer.from(secret, "base64")).toHaveLength(32);
  expect(renderEncryption("OTHER", true)).not.toContain(secret);
});

test("the kubeconfig holds the three PEM texts", () => {
  const text = renderKubeconfig("https://10.240.0.10:6443", "CA", "CERT", "KEY");
  expect([...text.matchAll(/(server|data): (\S+)$/gm)].map(([, , value]) => value)).toEqual([
    "https://10.240.0.10:6443",
    "Q0E=",
    "Q0VSVA==",
    "S0VZ",
  ]);
});
