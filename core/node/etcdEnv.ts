import { MEMBER_NAME } from "../etcd/certificates";
import { INITIAL_CLUSTER_TOKEN } from "../etcd/topology";
import { isOlderThan, parseVersion } from "../etcd/version";

/** What varies in a member's configuration. */
export interface EtcdEnvInput {
  readonly etcdVersion: string;
  readonly architecture: "amd64" | "arm64";
  readonly quotaBackendBytes: number;
  readonly peerMembersOnly: boolean;
}

/**
 * The text of /etc/etcd/etcd.env, which the constant etcd.service reads.
 *
 * The seed's flags stand in the unit and take their values from names without the `ETCD_` prefix;
 * everything else is set by etcd's own `ETCD_*` variables: a flag given both ways is fatal to etcd.
 */
export function renderEtcdEnv(input: EtcdEnvInput): string {
  const version = parseVersion(input.etcdVersion);
  if (!version)
    throw new Error(`etcdVersion: got ${JSON.stringify(input.etcdVersion)}; write MAJOR.MINOR.PATCH`);
  const lines = [
    `INITIAL_CLUSTER_TOKEN=${INITIAL_CLUSTER_TOKEN}`,
    `ETCD_QUOTA_BACKEND_BYTES=${input.quotaBackendBytes}`,
    // Kept outside the client port so that a probe needs no client certificate.
    "ETCD_LISTEN_METRICS_URLS=http://127.0.0.1:2381",
    "ETCD_LOGGER=zap",
  ];
  // The default from 3.5 on; a returning member must not disturb the others' leader.
  if (isOlderThan(version, "3.5.0")) lines.push("ETCD_PRE_VOTE=true");
  if (input.architecture === "arm64" && isOlderThan(version, "3.5.0")) {
    lines.push("ETCD_UNSUPPORTED_ARCH=arm64");
  }
  if (input.peerMembersOnly) lines.push(`ETCD_PEER_CERT_ALLOWED_CN=${MEMBER_NAME}`);
  return `${lines.join("\n")}\n`;
}

/** The variables of an environment file. */
export function parseEnvironment(text: string): Map<string, string> {
  return new Map([...text.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = "", value = ""]) => [name, value]));
}
