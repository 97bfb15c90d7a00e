import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { LabError } from "./labError";
import { labDirectory } from "./paths";
import { readToolchain } from "./toolchain";

/** The engine asks for an analyzer of this name when it has no language host for a pack's runtime. */
const RUNTIME = "lab-nodejs";
const FLAG = "--policy-pack";

/**
 * Arguments with which the lab's engine can run the policy packs that they name.
 *
 * The engine has a Node.js language host run a pack. The host that is built here, the last one that is available as a
 * Go module, cannot; so the engine is given a pack of another runtime, whose analyzer runs the real one. An
 * installed engine has its own host, and its arguments are left alone.
 *
 * @throws LabError when a directory is no policy pack for Node.js.
 */
export function withRunnablePacks(args: readonly string[]): string[] {
  const { engineDir, cacheDir, pulumiHome } = readToolchain();
  if (!engineDir.startsWith(`${cacheDir}/`)) return [...args];
  return args.flatMap((arg, index) => {
    if (arg.startsWith(`${FLAG}=`)) return [`${FLAG}=${runnable(arg.slice(FLAG.length + 1), pulumiHome)}`];
    return args[index - 1] === FLAG ? [runnable(arg, pulumiHome)] : [arg];
  });
}

function runnable(pack: string, pulumiHome: string): string {
  const file = join(pack, "PulumiPolicy.yaml");
  if (!existsSync(file) || !/^runtime:\s*(\n +name: *)?nodejs\b/m.test(readFileSync(file, "utf8"))) {
    throw new LabError(`${pack} is no policy pack: no PulumiPolicy.yaml of the runtime nodejs`);
  }
  installAnalyzer(pulumiHome);
  const name = resolve(pack).replace(/[^\w.-]+/g, "_");
  const directory = labDirectory("policy-packs", name);
  writeFileSync(join(directory, "PulumiPolicy.yaml"), `runtime: ${RUNTIME}\n`);
  writeFileSync(join(directory, "pack"), resolve(pack));
  return directory;
}

/** The checkout is named at run time, so that one cache serves every checkout. */
function installAnalyzer(pulumiHome: string): void {
  const name = `analyzer-policy-${RUNTIME}`;
  const directory = join(pulumiHome, "plugins", `${name}-v0.0.1`);
  const script = `#!/bin/sh\nexec "\${ETCD_LAB_ROOT:?}/lab/plugins/bin/pulumi-${name}" "$@"\n`;
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, `pulumi-${name}`), script);
  chmodSync(join(directory, `pulumi-${name}`), 0o755);
}
