import type { Command } from "./command";
import { UsageError } from "./shared/labError";
import { onController } from "./shared/ssh";

/** A shell, or a command, on a controller; its host key is checked against the stack's. */
export const ssh: Command = {
  name: "ssh",
  usage: "CONTROLLER [COMMAND…]",
  summary: "a shell or a command on a controller",
  async run([controller, ...command]) {
    if (!controller) throw new UsageError("which controller?");
    return onController(controller, command);
  },
};
