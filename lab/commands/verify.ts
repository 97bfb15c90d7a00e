import { join } from "node:path";
import type { Command } from "./command";
import { engineEnvironment } from "./shared/engine";
import { foreground } from "./shared/foreground";
import { inNetns } from "./shared/netns";
import { ROOT } from "./shared/paths";

/** `npm run verify` with the lab's network and state. */
export const verify: Command = {
  name: "verify",
  usage: "[-s STACK] [--format text|json]",
  summary: "compare the live cluster with what is declared, by default on stack lab",
  async run(args) {
    const named = args.some((word) => /^(-s|--stack)\b/.test(word));
    // As `npm run verify` does: not bundled, for it reads files beside its own.
    const program = [
      process.execPath,
      "--import",
      join(ROOT, "node_modules/tsx/dist/loader.mjs"),
      join(ROOT, "verify/main.ts"),
    ];
    return foreground(inNetns([...program, ...(named ? [] : ["--stack", "lab"]), ...args]), {
      env: engineEnvironment(),
    });
  },
};
