import { join } from "node:path";
import type { Command } from "./command";
import { foreground } from "./shared/foreground";
import { UsageError } from "./shared/labError";
import { mirrorSums } from "./shared/mirrorSums";
import { ROOT } from "./shared/paths";

/** Puts another etcd release into the lab's mirror. */
export const build: Command = {
  name: "build",
  usage: "etcd VERSION",
  summary: "get another etcd release into the lab's mirror",
  async run([what, version, ...more]) {
    if (what !== "etcd" || !version || more.length > 0) throw new UsageError("build what?");
    const script = join(ROOT, "lab/toolchain/steps/etcd.sh");
    if ((await foreground([script, "ready", version])) !== 0) {
      const status = await foreground([script, "make", version]);
      if (status !== 0) return status;
    }
    console.log(`etcd ${version} is in the mirror: sha256 ${mirrorSums().get(version)}`);
    return 0;
  },
};
