import { version as command } from "@pulumi/command/package.json";
import { version as gcp } from "@pulumi/gcp/package.json";
import { invoke } from "@pulumi/pulumi/runtime/invoke";
import { version as tls } from "@pulumi/tls/package.json";

/** As the SDKs ask for them: another version would be another plugin. */
const VERSIONS = { gcp, tls, command } as const;

/**
 * Has the engine start the plugins now. It starts one after the other, each when something is first asked of it, and
 * waits meanwhile: so each is asked for a function that it does not have. One that cannot start ends the run, early;
 * what else may be wrong with a plugin, its first resource says.
 */
export async function startPlugins(): Promise<void> {
  for (const [name, version] of Object.entries(VERSIONS)) {
    invoke(`${name}:index:none`, {}, { version }).catch(() => undefined);
  }
  // While files are read nothing else goes on. After one turn of the event loop @pulumi/pulumi 3.248.0 has sent them.
  await new Promise((sent) => setImmediate(sent));
}
