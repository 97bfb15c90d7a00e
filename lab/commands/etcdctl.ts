import { etcdctlCommand } from "../../ssh/etcdctl";
import type { Command } from "./command";
import { UsageError } from "./shared/labError";
import { onController } from "./shared/ssh";

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
    return onController(controller, [etcdctlCommand(words)]);
  },
};
