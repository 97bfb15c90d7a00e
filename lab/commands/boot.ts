import type { Command } from "./command";
import { startDaemon } from "./shared/daemon";

/** The cloud alone: API, metadata server, mirror, network; no instance yet but those that were there. */
export const boot: Command = {
  name: "boot",
  usage: "",
  summary: "start the lab's cloud, without a stack",
  async run() {
    const started = Date.now();
    const isNew = await startDaemon();
    console.log(
      isNew ? `the lab is up after ${((Date.now() - started) / 1000).toFixed(1)} s` : "the lab is up already",
    );
    return 0;
  },
};
