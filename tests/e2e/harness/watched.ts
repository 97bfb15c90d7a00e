import type { Lab } from "./lab";
import { Workload, type WorkloadOptions } from "./workload";

/**
 * Ends a run's clients and expects that nothing they were told was taken back: the history is linearizable, no
 * revision went back, and it was one cluster throughout. Prints what they saw.
 *
 * @param longestGapMs the longest time without an acknowledged write that is still service.
 */
export async function expectNothingLost(
  workload: Workload,
  what: string,
  longestGapMs = Number.POSITIVE_INFINITY,
): Promise<void> {
  const summary = await workload.stop();
  const verdict = await workload.check();
  const { acknowledgedWrites, unknownWrites, longestWriteGapMs, durationMs } = summary;
  process.stderr.write(
    `${what}: ${acknowledgedWrites} acknowledged writes in ${Math.round(durationMs / 1000)} s, ${unknownWrites} of ` +
      `unknown outcome, longest time without one ${longestWriteGapMs} ms (at ${summary.longestWriteGapAt})\n`,
  );
  expect(verdict).toMatchObject({ holds: true, violations: [], undecided: [] });
  expect(acknowledgedWrites).toBeGreaterThan(100);
  expect(longestWriteGapMs).toBeLessThan(longestGapMs);
  expect(summary.clusters).toHaveLength(1);
  expect(summary.revisionWentBack).toBe(false);
}

/** Operations per second of a run that takes an hour: more would take from two cores what the run itself needs. */
export const RATE_OF_A_MATRIX = 12;

/** Starts clients that write and read until {@link expectNothingLost}. */
export function startClients(lab: Lab, options: WorkloadOptions = {}): Promise<Workload> {
  return Workload.start(lab, { rate: 40, seconds: 3000, ...options });
}
