import { boot } from "./boot";
import type { Command } from "./command";
import { describePlugins } from "./plugins";
import { capturePulumi, runPulumi } from "./shared/pulumi";

const LOOK_AROUND = `
Look around:
  npm run lab -- etcdctl member list          etcdctl on controller-0
  npm run lab -- ssh controller-0             a shell there
  npm run lab -- status                       what is running
  npm run lab -- pulumi stack output          the stack's outputs
  npm run lab -- power-off controller-1       break something; \`npm run lab -- help\` has more
  npm run lab -- down                         remove it all`;

/** The whole thing: the cloud, and the etcd stack on it. */
export const start: Command = {
  name: "start",
  usage: "[PULUMI UP FLAG…]",
  summary: "start the lab and bring the stack up",
  async run(flags) {
    const started = Date.now();
    await boot.run([]);
    console.log(`plugins: ${describePlugins().join("; ")}`);
    const status = await runPulumi(["up", "--yes", ...flags]);
    if (status !== 0) return status;
    const memberList = await capturePulumi(["stack", "output", "memberList"]);
    console.log(
      `\nThe members, ${Math.round((Date.now() - started) / 1000)} s after the start:\n${memberList.trim()}`,
    );
    console.log(LOOK_AROUND);
    return 0;
  },
};
