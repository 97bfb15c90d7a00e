import { randomBytes } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { LAB_DIR, labDirectory, labPath, ROOT } from "./paths";
import { readToolchain } from "./toolchain";

/** Where running engines are recorded, for `lab kill-engine`. */
export function engineRecords(): string {
  return labDirectory("engines");
}

const STATE = "state";

/** Where the stacks' state is: a file backend. */
export const STATE_DIR = labPath(STATE);

const BACKEND = "PULUMI_BACKEND_URL";

/** The variable, `NAME=value`, that only the engines, programs and plugins of the lab in a directory have. */
export function backendOf(labDir: string): string {
  return `${BACKEND}=${backendUrl(labDir)}`;
}

/**
 * Without the file backend's metadata: an engine that is killed while it writes one of those files leaves an empty
 * one, and no engine reads that stack again ("failed to load checkpoint: EOF").
 */
function backendUrl(labDir: string): string {
  return `file://${labDir}/${STATE}?metadata=skip`;
}

/** The passphrase of the lab's stacks, made up once for each lab. */
function passphraseFile(): string {
  labDirectory();
  const file = labPath("passphrase");
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString("base64url"), { mode: 0o600 });
  return file;
}

/** The engine's environment: the lab's state and plugins, nothing looked up on the internet. */
export function engineEnvironment(): NodeJS.ProcessEnv {
  const { engineDir, pulumiHome } = readToolchain();
  labDirectory(STATE);
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PATH: `${engineDir}:${process.env.PATH ?? ""}`,
    ETCD_LAB_ROOT: ROOT,
    PULUMI_HOME: pulumiHome,
    [BACKEND]: backendUrl(LAB_DIR),
    PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile(),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
    PULUMI_DISABLE_REGISTRY_RESOLVE: "true",
  };
  // An agent's socket would be used beside the deploy key, and a proxy cannot be reached from the lab.
  const unwanted =
    /^(SSH_AUTH_SOCK|PULUMI_CONFIG_PASSPHRASE|PULUMI_ACCESS_TOKEN|PULUMI_STACK|https?_proxy|all_proxy|GOOGLE_.*)$/i;
  for (const name of Object.keys(env)) if (unwanted.test(name)) delete env[name];
  return env;
}
