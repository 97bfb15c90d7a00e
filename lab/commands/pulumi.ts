import type { Command } from "./command";
import { UsageError } from "./shared/labError";
import { runPulumi } from "./shared/pulumi";

/** The engine, with the lab's network, state, plugins and settings. */
export const pulumi: Command = {
  name: "pulumi",
  usage: "[-C DIR] [-s STACK] ARGS…",
  summary: "run Pulumi in the lab, on stack lab",
  async run(args) {
    if (args.length === 0) throw new UsageError("what shall Pulumi do?");
    return runPulumi(args);
  },
};
