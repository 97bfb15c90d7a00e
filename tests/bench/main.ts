import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseOptions, UsageError } from "./options";

const USAGE = "usage: npm run bench [-- [up|path|bucket|change|scale] [--runs N]]";

/** Measures on a lab of its own and prints the figures. Nothing here fails for being slow. */
async function main(): Promise<void> {
  const { what, runs } = parseOptions(process.argv.slice(2));
  const directory = mkdtempSync(join(tmpdir(), "etcd-lab-bench-"));
  // The lab's modules read it when they are loaded.
  process.env.ETCD_LAB_DIR = directory;
  const { describeSetup } = await import("./setup");
  const benches = {
    up: async () => (await import("./bench")).benchUp,
    path: async () => (await import("./benchPath")).benchPath,
    bucket: async () => (await import("./benchBucket")).benchBucket,
    change: async () => (await import("./benchChange")).benchChange,
    scale: async () => (await import("./benchScale")).benchScale,
  };
  const bench = await benches[what]();
  const stopper = new AbortController();
  // Each time, not once: npm sends on a Ctrl-C that the terminal has sent already.
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => stopper.abort(new Error(`stopped by ${name}`)));
  }
  const setup = describeSetup();
  const tell = (what: string) => console.error(`bench: ${what}`);
  try {
    const text = await bench({ runs, stop: stopper.signal, tell });
    console.log(`\n${setup.join("\n")}\n\n${text}`);
  } finally {
    // `lab down` has removed it, or has failed and said why; one that never was a lab's is left to us.
    if (!existsSync(join(directory, ".etcd-lab"))) rmSync(directory, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  if (error instanceof UsageError) console.error(USAGE);
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
