import { renderNodeBundle } from "../../../core/node/nodeBundle";
import { renderPhase } from "../../../core/node/phases";
import { handoverOf } from "../nodes";

const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(value),
});

function command(name: string, index: number, stdin: unknown) {
  const connection = secret({
    host: `10.240.0.1${index}`,
    user: "etcd-deploy",
    hostKey: `ssh-ed25519 HOST${index}`,
    privateKey: "KEY",
    dialErrorLimit: 60,
  });
  const type = "etcd-on-gce:index:EtcdCluster$etcd-on-gce:index:MemberNode$command:remote:Command";
  return { urn: `urn:pulumi:lab::etcd-on-gce::${type}::${name}`, inputs: { connection, stdin, create: "x" } };
}

function exportOf(...resources: unknown[]): string {
  const stack = { urn: "urn:pulumi:lab::etcd-on-gce::pulumi:pulumi:Stack::etcd-on-gce-lab" };
  return JSON.stringify({ version: 3, deployment: { resources: [stack, ...resources] } });
}

const BUNDLE = renderNodeBundle(
  [],
  renderPhase("install", {
    name: "controller-0",
    ip: "10.240.0.10",
    disk: "etcd-data",
    size: "50",
    version: "3.4.10",
    url: "http://mirror/etcd-v3.4.10.tar.gz",
    sha256: "00",
    instance: "1",
  }),
);
const certificates = (n: number) =>
  `run 1234\n=== ca.pem\nCA\nCA2\n=== kubernetes.pem\nCERT${n}\n=== kubernetes-key.pem\nKEY${n}\n`;

test("reads connections, certificates and the release from the members' Commands", () => {
  const handover = handoverOf(
    exportOf(
      command("member-1-bootstrap", 1, secret(certificates(1))),
      command("member-0-install", 0, BUNDLE),
      command("member-0-bootstrap", 0, secret(certificates(0))),
    ),
  );
  expect(handover).toMatchObject({ url: "http://mirror/etcd-v3.4.10.tar.gz", version: "3.4.10" });
  expect(handover.nodes.map(({ name, host, hostKey }) => [name, host, hostKey])).toEqual([
    ["controller-0", "10.240.0.10", "ssh-ed25519 HOST0"],
    ["controller-1", "10.240.0.11", "ssh-ed25519 HOST1"],
  ]);
  expect(handover.nodes[1]).toMatchObject({ user: "etcd-deploy", privateKey: "KEY" });
  expect(handover.nodes[1]?.certificates).toEqual({
    "ca.pem": "CA\nCA2\n",
    "kubernetes.pem": "CERT1\n",
    "kubernetes-key.pem": "KEY1\n",
  });
});

test("a state without a cluster is refused", () => {
  expect(() => handoverOf(exportOf())).toThrow("no install Command of member-0");
});
