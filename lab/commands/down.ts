import { teardown } from "../hosts/teardown";
import type { Command } from "./command";
import { killEngines } from "./killEngine";
import { ownsMachine, releaseMachine, stopDaemon } from "./shared/daemon";
import { LAB_DIR, removeLabDirectory } from "./shared/paths";

/** Removes all of the lab from this machine: processes, hosts, network, mounts, loop devices and state. */
export const down: Command = {
  name: "down",
  usage: "",
  summary: "remove the lab: hosts, network and state",
  async run() {
    await killEngines();
    await stopDaemon();
    // The namespaces have one name on the machine, and may be another lab's.
    if (ownsMachine()) {
      await teardown(LAB_DIR);
      releaseMachine();
    }
    removeLabDirectory();
    console.log(`the lab is gone (${LAB_DIR})`);
    return 0;
  },
};
