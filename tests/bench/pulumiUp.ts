import { EngineEvents } from "./engineEvents";
import { type BringUp, bringUpOf } from "./phases";
import { lab, run } from "./processes";

const TIMEOUT_MS = 600_000;

/** Flags of every `pulumi up` here. */
export const UP = ["up", "--yes", "--skip-preview", "--non-interactive"] as const;

/** Brings the cluster up by one `pulumi up` on an empty lab. @throws Error with the engine's own errors. */
export async function pulumiBringUp(stop: AbortSignal): Promise<BringUp> {
  const events = new EngineEvents();
  const { status, output } = await run(lab("pulumi", ...UP, "--json"), {
    timeoutMs: TIMEOUT_MS,
    stop,
    onLine: (line, atMs) => events.take(line, atMs),
  });
  if (status !== 0) {
    const reasons = events.errors.length > 0 ? events.errors : output.split("\n").slice(-10);
    throw new Error(`pulumi up ended with ${status}:\n    ${reasons.join("\n    ")}`);
  }
  return bringUpOf(events.marks);
}
