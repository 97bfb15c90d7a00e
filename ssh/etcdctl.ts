import { shellQuote } from "../core/node/shell";

const FLAGS = [
  "--endpoints=https://127.0.0.1:2379",
  "--cacert=/etc/etcd/ca.pem",
  "--cert=/etc/etcd/kubernetes.pem",
  "--key=/etc/etcd/kubernetes-key.pem",
];

/** The shell command that runs etcdctl on a controller, with the flags of Kubernetes The Hard Way's verification. */
export function etcdctlCommand(words: readonly string[]): string {
  return ["sudo", "env", "ETCDCTL_API=3", "etcdctl", ...FLAGS, ...words].map(shellQuote).join(" ");
}
