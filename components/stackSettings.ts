import * as pulumi from "@pulumi/pulumi";
import { type SettingsArgs, settingsArgs } from "../core/settings";

/** The current stack's configuration, as {@link EtcdCluster} takes it, which checks it. */
export function stackSettings(): SettingsArgs {
  const prefix = `${pulumi.getProject()}:`;
  const own = Object.entries(pulumi.runtime.allConfig())
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => [key.slice(prefix.length), value] as const);
  const shown = own.filter(([name, value]) => isSecret(prefix + name) && !isKept(name, value));
  if (shown.length > 0) throw new pulumi.RunError(shown.map(([name]) => shownProblem(name)).join("\n"));
  return settingsArgs(Object.fromEntries(own));
}

/** The SDK's own, which its types leave out. */
function isSecret(key: string): boolean {
  return (pulumi.runtime as unknown as { isConfigSecret(key: string): boolean }).isConfigSecret(key);
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
