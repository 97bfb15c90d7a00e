import { RunError } from "@pulumi/pulumi/errors";
import { getProject } from "@pulumi/pulumi/metadata";
// The SDK as a whole takes longer to read than it takes to see that a setting is wrong.
import * as config from "@pulumi/pulumi/runtime/config";
import { type SettingsArgs, settingsArgs } from "../core/settings";
import { checkedSettings } from "./checkedSettings";

/**
 * The current stack's configuration, as {@link EtcdCluster} takes it.
 *
 * @throws RunError before a plugin is started: over secrets that would be shown, else with everything that is wrong.
 */
export function stackSettings(): SettingsArgs {
  const prefix = `${getProject()}:`;
  const own = Object.entries(config.allConfig())
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => [key.slice(prefix.length), value] as const);
  const shown = own.filter(([name, value]) => isSecret(prefix + name) && !isKept(name, value));
  if (shown.length > 0) throw new RunError(shown.map(([name]) => shownProblem(name)).join("\n"));
  const args = settingsArgs(Object.fromEntries(own));
  checkedSettings(args);
  return args;
}

/** The SDK's own, which its types leave out. */
function isSecret(key: string): boolean {
  return (config as unknown as { isConfigSecret(key: string): boolean }).isConfigSecret(key);
}

/** Of a mirror's URL the user info is a secret, and nothing else of any setting. */
function isKept(name: string, value: string): boolean {
  return name === "etcdDownloadBaseUrl" && /^\w+:\/\/[^/@]+@/.test(value);
}

function shownProblem(name: string): string {
  const what =
    name === "etcdDownloadBaseUrl"
      ? "it has no user info, which alone is kept secret"
      : "nothing of it is kept secret";
  return `${name} is a secret in the stack's settings, and would stand in clear in the state and the logs: ${what}; set it again without --secret`;
}
