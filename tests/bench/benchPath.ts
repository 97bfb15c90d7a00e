import { mkdirSync, watch } from "node:fs";
import { labPath } from "../../lab/commands/shared/paths";
import { type BenchOptions, onNewLabs } from "./newLab";
import { type CriticalPath, criticalPath } from "./path";
import { lab, must } from "./processes";
import { UP } from "./pulumiUp";
import { ratio, seconds, table } from "./report";
import { ResourceTimes } from "./resourceTimes";

interface FirstUp {
  readonly wallMs: number;
  readonly path: CriticalPath;
  readonly stateWrites: number;
}

const TIMEOUT_MS = 900_000;

/** A first `up` with Google's usual latencies against the longest chain in it, and what has time to spare. */
export async function benchPath(options: BenchOptions): Promise<string> {
  const ups = await onNewLabs(
    options,
    async (say) => {
      say("bringing the cluster up");
      return firstUp(options.stop);
    },
    "--latency",
    "gce",
  );
  return ups.map(reportOf).join("\n\n");
}

async function firstUp(stop: AbortSignal): Promise<FirstUp> {
  const times = new ResourceTimes();
  const writes = countWrites();
  const onLine = (line: string, atMs: number) => times.take(line, atMs);
  const { wallMs } = await must(lab("pulumi", ...UP, "--json"), { timeoutMs: TIMEOUT_MS, stop, onLine });
  const stateWrites = writes.stop();
  const { stdout } = await must(lab("pulumi", "stack", "export"), { timeoutMs: 60_000, stop });
  return { wallMs, stateWrites, path: criticalPath(times.steps(stdout)) };
}

/** Counts how often the engine writes the stack's state: a bucket takes one write of an object a second. */
function countWrites(): { stop(): number } {
  let count = 0;
  const directory = labPath("state/.pulumi/stacks/etcd-on-gce");
  mkdirSync(directory, { recursive: true });
  const watcher = watch(directory, (event, file) => {
    if (event === "rename" && file === "lab.json") count++;
  });
  return {
    stop: () => {
      watcher.close();
      return count;
    },
  };
}

function reportOf({ wallMs, path, stateWrites }: FirstUp): string {
  let atMs = 0;
  const chain = path.chain.map(({ name, durationMs }) => {
    atMs += durationMs;
    return [name, seconds(atMs - durationMs), seconds(atMs), seconds(durationMs)];
  });
  const slack = [...path.slackMs].filter(([, ms]) => ms > 0).sort(([, a], [, b]) => a - b);
  return [
    "The longest chain of a first up with Google's usual latencies, in seconds:",
    ...table([["", "from", "to", "takes"], ...chain]),
    "",
    "What may take longer before the whole does, in seconds:",
    ...table(slack.map(([name, ms]) => [name, seconds(ms)])),
    "",
    `  ratio: the up took ${seconds(wallMs)} s, ${ratio(wallMs, path.totalMs)} × the chain's ${seconds(path.totalMs)} s`,
    `  state: written ${stateWrites} times`,
  ].join("\n");
}
