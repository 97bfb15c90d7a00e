import type { Command } from "./command";
import { foreground } from "./shared/foreground";
import { UsageError } from "./shared/labError";
import { shellWords, sshAccess } from "./shared/ssh";

const FLAGS = [
  "--endpoints=https://127.0.0.1:2379",
  "--cacert=/etc/etcd/ca.pem",
  "--cert=/etc/etcd/kubernetes.pem",
  "--key=/etc/etcd/kubernetes-key.pem",
];

/** etcdctl on a controller, with the flags that the verification step of Kubernetes The Hard Way uses. */
export const etcdctl: Command = {
  name: "etcdctl",
  usage: "[@CONTROLLER] ARGS…",
  summary: "etcdctl on controller-0, or on @CONTROLLER",
  async run(args) {
    const named = args[0]?.startsWith("@");
    const controller = named ? (args[0] as string).slice(1) : "controller-0";
    const words = named ? args.slice(1) : args;
    if (words.length === 0) throw new UsageError("what shall etcdctl do? For example: member list");
    const command = shellWords(["sudo", "env", "ETCDCTL_API=3", "etcdctl", ...FLAGS, ...words]);
    return foreground((await sshAccess()).argv(controller, [command]));
  },
};
