import type { Command } from "./command";
import { changeConditions } from "./shared/conditions";
import { startDaemon } from "./shared/daemon";
import { UsageError } from "./shared/labError";

/** The cloud alone: API, metadata server, mirror, network; no instance yet but those that were there. */
export const boot: Command = {
  name: "boot",
  usage: "[--latency gce|none]",
  summary: "start the lab's cloud, without a stack",
  async run(words) {
    const [flag, latency, ...more] = words.flatMap((word) => word.split("="));
    if (flag !== undefined && (flag !== "--latency" || more.length > 0))
      throw new UsageError(`boot ${words.join(" ")}: use --latency gce or --latency none`);
    if (flag !== undefined && latency !== "gce" && latency !== "none")
      throw new UsageError(`--latency: got ${latency ?? "nothing"}; use gce or none`);
    const started = Date.now();
    const isNew = await startDaemon();
    console.log(
      isNew ? `the lab is up after ${((Date.now() - started) / 1000).toFixed(1)} s` : "the lab is up already",
    );
    if (latency === "gce" || latency === "none") await changeConditions({ latency });
    return 0;
  },
};
