import { readFileSync } from "node:fs";
import { processTree } from "../../lab/commands/shared/processes";

const INTERVAL_MS = 200;

/**
 * Watches the memory of a process and all below it.
 *
 * @returns ends the watch, and gives the most that they had at once, in MiB; what processes share counts once.
 */
export function watchMemory(pid: number): () => number {
  let most = 0;
  const look = () => {
    most = Math.max(
      most,
      processTree(pid).reduce((sum, each) => sum + shareOf(each), 0),
    );
  };
  const timer = setInterval(look, INTERVAL_MS);
  return () => {
    clearInterval(timer);
    return most / 1024;
  };
}

/** A process's proportional set size in KiB: of a page that n processes share, an n-th. None when it has ended. */
function shareOf(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
