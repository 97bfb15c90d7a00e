import * as pulumi from "@pulumi/pulumi";
import { type SettingsArgs, settingsArgs } from "../core/settings";

/** The current stack's configuration, as {@link EtcdCluster} takes it, which checks it. */
export function stackSettings(): SettingsArgs {
  const prefix = `${pulumi.getProject()}:`;
  const own = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(prefix));
  return settingsArgs(Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value])));
}
