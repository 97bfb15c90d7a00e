import type { Command } from "./command";
import { pluginKinds } from "./shared/toolchain";

/** One line for each plugin that the engine will find. */
export function describePlugins(): string[] {
  const words = {
    official: "Pulumi's own",
    "stand-in": "the lab's STAND-IN for Pulumi's own",
    none: "missing; run lab/bin/setup",
  };
  return pluginKinds().map(({ name, version, kind }) => `${name} ${version}: ${words[kind]}`);
}

/** Says which plugins are in use. */
export const plugins: Command = {
  name: "plugins",
  usage: "",
  summary: "which plugins are in use, Pulumi's own or stand-ins",
  async run() {
    console.log(describePlugins().join("\n"));
    return 0;
  },
};
