import { createHash, X509Certificate } from "node:crypto";
import { nodeFiles } from "../../../components/nodeFiles";
import { declareControllers, initialCluster } from "../../../core/etcd/topology";
import { renderEtcdEnv } from "../../../core/node/etcdEnv";
import { renderNodeBundle } from "../../../core/node/nodeBundle";
import { renderPhase } from "../../../core/node/phases";
import { makeAuthority } from "../remote/harness/pki";

const SECRET = "4dabf18193072939515e22adb298388d";
const ENV = renderEtcdEnv({
  etcdVersion: "3.4.10",
  architecture: "amd64",
  quotaBackendBytes: 2147483648,
  peerMembersOnly: false,
});
const IDS = ["f98dc20bce6225a0", "ffed16798470cab5", "3a57933972cb5131"];
const SHA256 = "a".repeat(64);
const FINGERPRINT = "b".repeat(64);

export const CONTROLLERS = declareControllers(3, ["us-west1-c"]);
export const EXPIRY = { "ca-1": "2046-01-01T00:00:00Z", kubernetes: "2036-06-15T12:00:00Z" };
export const CERTIFICATES = makeAuthority().issue();
export const MEMBER_LIST = CONTROLLERS.map((c, index) =>
  [IDS[index], "started", c.name, c.peerUrl, c.clientUrl, "false"].join(", "),
).join("\n");

const secret = (value: unknown) => ({
  [SECRET]: "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(value),
});
const urn = (name: string) =>
  `urn:pulumi:dev::etcd-on-gce::etcd-on-gce:index:EtcdCluster$command:remote:Command::${name}`;
const text = (value: string) => createHash("sha256").update(value).digest("hex");

function commandsOf(index: number) {
  const { name, ip } = CONTROLLERS[index] as (typeof CONTROLLERS)[number];
  const connection = secret({
    host: ip,
    user: "etcd-deploy",
    privateKey: "the key",
    hostKey: `ssh-ed25519 AAAA${index}`,
  });
  const install = renderPhase("install", {
    name,
    ip,
    disk: "etcd-data",
    size: "50",
    version: "3.4.10",
    url: "https://mirror.example/etcd.tar.gz",
    sha256: SHA256,
    instance: `${index}00`,
  });
  const converge = renderPhase("converge", {
    name,
    ip,
    version: "3.4.10",
    members: initialCluster(CONTROLLERS),
    config: "1",
    pki: "1",
    instance: `${index}00`,
    vm: "1",
    next: "none",
  });
  const { ca, cert, key } = CERTIFICATES;
  const stdin = `run 1\n=== ca.pem\n${ca}=== kubernetes.pem\n${cert}=== kubernetes-key.pem\n${key}`;
  return [
    {
      urn: urn(`member-${index}-install`),
      inputs: { connection, create: "sudo bash -s", stdin: renderNodeBundle(nodeFiles(ENV), install) },
    },
    { urn: urn(`member-${index}-bootstrap`), inputs: { connection, create: "x", stdin: secret(stdin) } },
    { urn: urn(`member-${index}-converge`), inputs: { connection, create: converge, update: converge } },
  ];
}

/** What `pulumi stack export --show-secrets` prints of the seed's cluster. */
export function stackExport(count = 3): { deployment: { resources: Record<string, unknown>[] } } {
  const resources = CONTROLLERS.slice(0, count).flatMap((_, index) => commandsOf(index));
  return {
    deployment: {
      resources: [
        {
          urn: "urn:pulumi:dev::etcd-on-gce::pulumi:pulumi:Stack::etcd-on-gce-dev",
          inputs: {},
          outputs: { certificateExpiry: EXPIRY },
        },
        ...resources,
        { urn: urn("etcd-membership"), inputs: {}, outputs: { stdout: MEMBER_LIST } },
      ] as Record<string, unknown>[],
    },
  };
}

/** The facts of a node on which everything is as declared. */
export function healthyFacts(index: number): Map<string, string> {
  const { name, ip } = CONTROLLERS[index] as (typeof CONTROLLERS)[number];
  const files = nodeFiles(ENV);
  const declared = (file: string) =>
    files.find(({ path }) => path.endsWith(`/declared/${file}`))?.content ?? "";
  const nodeEnv = [
    `NODE_NAME=${name}`,
    `INTERNAL_IP=${ip}`,
    `INITIAL_CLUSTER=${initialCluster(CONTROLLERS)}`,
    "INITIAL_CLUSTER_STATE=existing\n",
  ].join("\n");
  const at = (path: string, content: string, access = "0644 root:root") =>
    [`file ${path}`, `${text(content)} ${access}`] as const;
  const served = createHash("sha256").update(new X509Certificate(CERTIFICATES.cert).raw).digest("hex");
  return new Map([
    ["hostname", name],
    ["instance", `${index}00`],
    ...files.map(({ path, mode, content }) => at(path, content, `${mode} root:root`)),
    at("/etc/systemd/system/etcd.service", declared("etcd.service")),
    at("/etc/etcd/etcd.env", ENV),
    at("/etc/etcd/node.env", nodeEnv),
    at("/etc/etcd/ca.pem", CERTIFICATES.ca, "0640 root:etcd"),
    at("/etc/etcd/kubernetes.pem", CERTIFICATES.cert, "0640 root:etcd"),
    at("/etc/etcd/kubernetes-key.pem", CERTIFICATES.key, "0640 root:etcd"),
    ["unit.LoadState", "loaded"],
    ["unit.ActiveState", "active"],
    ["unit.SubState", "running"],
    ["unit.UnitFileState", "enabled"],
    ["unit.NeedDaemonReload", "no"],
    ["unit.FragmentPath", "/etc/systemd/system/etcd.service"],
    ["unit.DropInPaths", ""],
    ["exe", "/opt/etcd/v3.4.10/etcd"],
    [
      "cmdline",
      `/usr/local/bin/etcd --name ${name} --cert-file=/etc/etcd/kubernetes.pem --key-file=/etc/etcd/kubernetes-key.pem ` +
        "--peer-cert-file=/etc/etcd/kubernetes.pem --peer-key-file=/etc/etcd/kubernetes-key.pem " +
        "--trusted-ca-file=/etc/etcd/ca.pem --peer-trusted-ca-file=/etc/etcd/ca.pem --peer-client-cert-auth " +
        `--client-cert-auth --initial-advertise-peer-urls https://${ip}:2380 --listen-peer-urls https://${ip}:2380 ` +
        `--listen-client-urls https://${ip}:2379,https://127.0.0.1:2379 --advertise-client-urls https://${ip}:2379 ` +
        `--initial-cluster-token etcd-cluster-0 --initial-cluster ${initialCluster(CONTROLLERS)} ` +
        "--initial-cluster-state new --data-dir=/var/lib/etcd ",
    ],
    [
      "environ",
      "ETCD_LISTEN_METRICS_URLS=http://127.0.0.1:2381 ETCD_LOGGER=zap ETCD_PRE_VOTE=true ETCD_QUOTA_BACKEND_BYTES=2147483648",
    ],
    ["started-with", FINGERPRINT],
    ["declared-fingerprint", FINGERPRINT],
    ["link /usr/local/bin/etcd", "/opt/etcd/v3.4.10/etcd"],
    ["link /usr/local/bin/etcdctl", "/opt/etcd/v3.4.10/etcdctl"],
    ["release-sha256", SHA256],
    ["served 2379", served],
    ["served 2380", served],
    ["version", "3.4.10"],
    ["cluster-version", "3.4.0"],
    ["cluster-id", "17237436991929493444"],
    ["leader", "18441244650131294133"],
    ["health", "healthy"],
    ["alarms", ""],
    ["data-mount", "mounted"],
    ["data-mode", "0700 etcd:etcd"],
    ["wal", "present"],
    ["data-free", "87"],
  ]);
}

/** A node's report, from facts and the member list that it tells. */
export function report(facts: ReadonlyMap<string, string>, memberList = MEMBER_LIST): string {
  return [
    ...[...facts].map(([name, value]) => `${name}\t${value}`),
    ...memberList
      .split("\n")
      .filter(Boolean)
      .map((line) => `member\t${line}`),
    "end\tok",
    "",
  ].join("\n");
}
