import * as pulumi from "@pulumi/pulumi";
import { type SettingsArgs, settingsArgs } from "../core/settings";

/** The current stack's configuration, as {@link EtcdCluster} takes it, which checks it. */
export function stackSettings(): SettingsArgs {
  const prefix = `${pulumi.getProject()}:`;
  const secret = Object.keys(pulumi.runtime.allConfig()).filter(
    (key) => key.startsWith(prefix) && isSecret(key),
  );
  const shown = secret.map((key) => key.slice(prefix.length)).filter((name) => !isKept(name));
  if (shown.length > 0) throw new pulumi.RunError(shown.map(shownProblem).join("\n"));
  const own = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(prefix));
  return settingsArgs(Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value])));
}

/** The SDK's own, which its types leave out. */
function isSecret(key: string): boolean {
  return (pulumi.runtime as unknown as { isConfigSecret(key: string): boolean }).isConfigSecret(key);
}

/** Of a mirror's URL the user info is a secret, and nothing else of any setting. */
function isKept(name: string): boolean {
  if (name !== "etcdDownloadBaseUrl") return false;
  return /^\w+:\/\/[^/@]+@/.test(pulumi.runtime.allConfig()[`${pulumi.getProject()}:${name}`] ?? "");
}

function shownProblem(name: string): string {
  const what =
    name === "etcdDownloadBaseUrl"
      ? "it has no user info, which alone is kept secret"
      : "nothing of it is kept secret";
  return `${name} is a secret in the stack's settings, and would stand in clear in the state and the logs: ${what}; set it again without --secret`;
}
