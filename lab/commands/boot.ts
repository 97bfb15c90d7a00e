import type { Command } from "./command";
import { changeConditions } from "./shared/conditions";
import { startDaemon } from "./shared/daemon";
import { UsageError } from "./shared/labError";

/** Starts the cloud alone: API, metadata server, mirror, network. Hosts boot when the program asks for instances. */
export const boot: Command = {
  name: "boot",
  usage: "[--latency gce|none]",
  summary: "start the cloud, without a stack; boots no host",
  async run(words) {
    const [flag, latency, ...more] = words.flatMap((word) => word.split("="));
    if (flag !== undefined && (flag !== "--latency" || more.length > 0))
      throw new UsageError(`boot ${words.join(" ")}: use --latency gce or --latency none`);
    if (flag !== undefined && latency !== "gce" && latency !== "none")
      throw new UsageError(`--latency: got ${latency ?? "nothing"}; use gce or none`);
    const started = Date.now();
    const isNew = await startDaemon();
    console.log(
      isNew
        ? `the cloud is up after ${((Date.now() - started) / 1000).toFixed(1)} s`
        : "the cloud is up already",
    );
    if (latency === "gce" || latency === "none") await changeConditions({ latency });
    return 0;
  },
};
