import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { inNetns } from "../../lab/commands/shared/netns";
import { ROOT } from "../../lab/commands/shared/paths";
import type { BucketCounts } from "./bucket";
import { engineAlone } from "./engineAlone";
import { type BenchOptions, onNewLabs } from "./newLab";
import { lab, must } from "./processes";
import { UP } from "./pulumiUp";
import { median, ratio, seconds, table } from "./report";

const TIMEOUT_MS = 1_800_000;
const PORT = 8790;
const LATENCY = ["--latency", "gce"];

/** A first `up` with Google's latencies, with its state in a bucket and in a file. */
export async function benchBucket(options: BenchOptions): Promise<string> {
  const { stop } = options;
  const files = await onNewLabs(
    options,
    async (say) => {
      say("bringing the cluster up, its state in a file");
      return must(lab("pulumi", ...UP), { timeoutMs: TIMEOUT_MS, stop });
    },
    ...LATENCY,
  );
  const buckets = await onNewLabs(
    options,
    async (say) => {
      say("bringing the cluster up, its state in a bucket");
      return upInBucket(stop);
    },
    ...LATENCY,
  );
  const [inFile, inBucket] = [files, buckets].map((ups) => median(ups.map(({ wallMs }) => wallMs))) as [
    number,
    number,
  ];
  const counts = buckets.map(({ written, refused }) => `${written} writes taken and ${refused} refused`);
  return [
    "A first up with Google's usual latencies, in seconds:",
    ...table([
      ["state in a file", seconds(inFile)],
      ["state in a bucket that takes one write of an object a second", seconds(inBucket)],
    ]),
    `  ratio: with the bucket it takes ${ratio(inBucket, inFile)} × as long; ${counts.join("; ")}`,
  ].join("\n");
}

async function upInBucket(stop: AbortSignal): Promise<BucketCounts & { wallMs: number }> {
  // Prepares the stack's settings.
  await must(lab("pulumi", "preview", "--non-interactive"), { timeoutMs: TIMEOUT_MS, stop });
  const engine = engineAlone(UP);
  const env = {
    ...engine.env,
    PULUMI_BACKEND_URL: "gs://state",
    STORAGE_EMULATOR_HOST: `127.0.0.1:${PORT}`,
    GOOGLE_OAUTH_ACCESS_TOKEN: "lab",
  };
  const server = spawnInNetns([
    "node",
    "--import",
    "tsx",
    join(ROOT, "tests/bench/bucketMain.ts"),
    String(PORT),
  ]);
  try {
    await once(server.lines, "line");
    const init = ["pulumi", "-C", engine.configDirectory, "stack", "init", engine.stack, "--non-interactive"];
    await must(inNetns(init), { timeoutMs: TIMEOUT_MS, stop, env });
    const { wallMs } = await must(engine.argv, { timeoutMs: TIMEOUT_MS, stop, env, isEngine: true });
    const counted = once(server.lines, "line");
    server.child.kill("SIGTERM");
    const [line] = (await counted) as [string];
    return { ...(JSON.parse(line) as BucketCounts), wallMs };
  } finally {
    server.child.kill("SIGKILL");
  }
}

function spawnInNetns(argv: readonly string[]): { child: ChildProcess; lines: Interface } {
  const [command = "", ...args] = inNetns(argv);
  const child = spawn(command, args, { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
  return { child, lines: createInterface({ input: child.stdout }) };
}
