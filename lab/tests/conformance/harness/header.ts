import { OFFICIAL_PLUGINS, pluginExecutable } from "./plugin";

/** Says once which plugins the suite runs against, and how to run it against the others. */
export default function header(): void {
  for (const name of ["command", "tls", "gcp"]) pluginExecutable(name);
  const [these, others] = OFFICIAL_PLUGINS
    ? [`Pulumi's own in ${OFFICIAL_PLUGINS}`, "unset CONFORMANCE_PLUGINS for the lab's stand-ins"]
    : [
        "the lab's stand-ins",
        "CONFORMANCE_PLUGINS=~/.pulumi/plugins npm run test:conformance for Pulumi's own",
      ];
  process.stderr.write(`conformance of ${these} (${others})\n`);
}
