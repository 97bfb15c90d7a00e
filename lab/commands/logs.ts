import type { Command } from "./command";
import { foreground } from "./shared/foreground";
import { insideHost } from "./shared/hosts";
import { labPath } from "./shared/paths";

/** The journal of a unit on a controller; without a controller, the lab's own log. */
export const logs: Command = {
  name: "logs",
  usage: "[CONTROLLER [UNIT] [JOURNALCTL FLAG…]]",
  summary: "the journal of etcd or UNIT; alone, the lab's own log",
  async run([controller, ...rest]) {
    if (!controller) return foreground(["tail", "-n", "200", labPath("daemon.log")]);
    const named = rest[0] !== undefined && !rest[0].startsWith("-");
    const unit = named ? (rest[0] as string) : "etcd";
    const flags = named ? rest.slice(1) : rest;
    const command = ["journalctl", "--no-pager", "-n", "200", "-u", unit, ...flags];
    return foreground(insideHost(controller, command));
  },
};
