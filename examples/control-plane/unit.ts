/** Where the certificates stand on a controller. */
const PKI = "/var/lib/kubernetes/pki/current";

/** What a kube-apiserver is started with. */
export interface UnitArgs {
  /** Internal address of its controller. */
  readonly address: string;
  /** How many API servers there are. */
  readonly count: number;
  /** Client URLs of the members. */
  readonly etcdServers: readonly string[];
  readonly serviceCidr: string;
}

/** The systemd unit: the flags of Kubernetes The Hard Way, and nothing secret among them. */
export function renderUnit({ address, count, etcdServers, serviceCidr }: UnitArgs): string {
  const flags = {
    "advertise-address": address,
    "allow-privileged": "true",
    "apiserver-count": String(count),
    "authorization-mode": "Node,RBAC",
    "bind-address": "0.0.0.0",
    "client-ca-file": `${PKI}/client-ca.pem`,
    "enable-admission-plugins": "NodeRestriction",
    "encryption-provider-config": `${PKI}/encryption.yaml`,
    "etcd-servers": etcdServers.join(","),
    "etcd-cafile": `${PKI}/etcd-ca.pem`,
    "etcd-certfile": `${PKI}/etcd-client.pem`,
    "etcd-keyfile": `${PKI}/etcd-client-key.pem`,
    "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
    "service-account-key-file": `${PKI}/service-account-key.pem`,
    "service-account-signing-key-file": `${PKI}/service-account-key.pem`,
    "service-cluster-ip-range": serviceCidr,
    "tls-cert-file": `${PKI}/kubernetes.pem`,
    "tls-private-key-file": `${PKI}/kubernetes-key.pem`,
  };
  return [
    "[Unit]",
    "Description=Kubernetes API server",
    "Documentation=https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/",
    "After=network-online.target",
    "Wants=network-online.target",
    "",
    "[Service]",
    "Type=notify",
    "User=kube-apiserver",
    "Group=kube-apiserver",
    "ExecStart=/usr/local/bin/kube-apiserver \\",
    ...Object.entries(flags).map(([name, value], index, all) => {
      return `  --${name}=${value}${index < all.length - 1 ? " \\" : ""}`;
    }),
    "Restart=on-failure",
    "RestartSec=5",
    "LimitNOFILE=65536",
    "NoNewPrivileges=yes",
    "ProtectSystem=strict",
    "ProtectHome=yes",
    "PrivateTmp=yes",
    "RuntimeDirectory=kubernetes",
    "",
    "[Install]",
    "WantedBy=multi-user.target",
    "",
  ].join("\n");
}
