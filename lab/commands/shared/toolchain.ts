import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { LabError } from "./labError";
import { ROOT } from "./paths";

const Manifest = z.object({
  cacheDir: z.string(),
  /** Holds `pulumi` and `pulumi-language-nodejs`. */
  engineDir: z.string(),
  pulumiHome: z.string(),
  /** Holds `vX.Y.Z/` with a tarball and SHA256SUMS each. */
  mirrorDir: z.string(),
  /** The program that tests/workload is built to. */
  workload: z.string(),
});

/** Where `lab/bin/setup` put the tools. */
export type Toolchain = z.infer<typeof Manifest>;

/** @throws LabError when setup has not run in this checkout. */
export function readToolchain(): Toolchain {
  const file = join(ROOT, "node_modules/.cache/etcd-lab/toolchain.json");
  if (!existsSync(file)) throw new LabError("the lab is not set up here; run lab/bin/setup (or `npm start`)");
  const manifest = Manifest.safeParse(JSON.parse(readFileSync(file, "utf8")));
  if (!manifest.success) throw new LabError(`${file} is of another version; run lab/bin/setup again`);
  const toolchain = manifest.data;
  if (!existsSync(join(toolchain.engineDir, "pulumi"))) {
    throw new LabError(`the engine is gone from ${toolchain.engineDir}; run lab/bin/setup again`);
  }
  return toolchain;
}

/** One resource plugin and where it comes from. */
export interface PluginKind {
  readonly name: string;
  readonly version: string;
  readonly kind: "official" | "stand-in" | "none";
}

/** The plugins that the engine will find. */
export function pluginKinds(): PluginKind[] {
  const text = execFileSync(join(ROOT, "lab/toolchain/steps/plugins.sh"), ["kinds"], { encoding: "utf8" });
  return text
    .trim()
    .split("\n")
    .map((line) => {
      const [name = "", version = "", kind = "none"] = line.split(" ");
      return { name, version, kind: kind as PluginKind["kind"] };
    });
}
