import type { Run } from "./bench";
import type { NoOps, Took } from "./noOp";
import type { BringUp } from "./phases";

/** The figures of all runs as text: medians, and ratios of medians. */
export function report(runs: readonly Run[]): string {
  const [ours, plain] = [runs.map((run) => run.ours), runs.map((run) => run.plain)];
  const [a, b] = [ours, plain].map((list) => median(list.map(({ totalMs }) => totalMs))) as [number, number];
  return [
    `Bring-up, from the last VM booted to the member list, in seconds (${countOf(ours, "run")}):`,
    ...table([
      ["", "from", "to", "takes"],
      ...rowsOf("pulumi up", ours),
      ...rowsOf("plain parallel ssh", plain),
    ]),
    `  ratio: pulumi up takes ${ratio(a, b)} × plain parallel ssh`,
    "",
    ...noOpsOf(
      "A pulumi up that changes nothing",
      runs.map(({ noOps }) => noOps),
    ),
    "",
    ...noOpsOf(
      "A pulumi preview of no change",
      runs.map(({ previews }) => previews),
    ),
  ].join("\n");
}

function noOpsOf(what: string, runs: readonly NoOps[]): string[] {
  const times = (program: keyof NoOps) => runs.flatMap((run) => run[program]);
  const [cluster, empty, plugins] = [times("cluster"), times("empty"), times("plugins")];
  return [
    `${what}, in seconds (${countOf(cluster, "time")} each):`,
    ...table([
      ["", "median", "least", "most", "CPU"],
      spread("this cluster", cluster),
      spread("empty program", empty),
      spread("empty program that starts the three plugins", plugins),
    ]),
    `  ratio: this cluster takes ${ratio(wall(cluster), wall(plugins))} × the empty program with the plugins`,
    `         (${ratio(wall(cluster), wall(empty))} × the one without), by CPU time ${ratio(cpu(cluster), cpu(plugins))} ×`,
  ];
}

/** The median. @throws Error for no numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (low === undefined || high === undefined) throw new Error("a median of no numbers");
  return (low + high) / 2;
}

/** A row for the whole, and one for each phase; phases of one name are taken together over the runs. */
function rowsOf(what: string, bringUps: readonly BringUp[]): string[][] {
  const names = bringUps[0]?.phases.map(({ name }) => name) ?? [];
  const total = median(bringUps.map(({ totalMs }) => totalMs));
  const phases = names.map((name) => {
    const all = bringUps.flatMap((one) => one.phases.filter((phase) => phase.name === name));
    return [
      `  ${name}`,
      seconds(median(all.map(({ fromMs }) => fromMs))),
      seconds(median(all.map(({ toMs }) => toMs))),
      seconds(median(all.map(({ fromMs, toMs }) => toMs - fromMs))),
    ];
  });
  return [[what, seconds(0), seconds(total), seconds(total)], ...phases];
}

function spread(what: string, times: readonly Took[]): string[] {
  const walls = times.map(({ wallMs }) => wallMs);
  return [what, wall(times), Math.min(...walls), Math.max(...walls), cpu(times)].map((cell) =>
    typeof cell === "number" ? seconds(cell) : cell,
  );
}

const wall = (times: readonly Took[]) => median(times.map(({ wallMs }) => wallMs));
const cpu = (times: readonly Took[]) => median(times.map(({ cpuMs }) => cpuMs));

/** Milliseconds, in seconds. */
export function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}

/** `a` as a multiple of `b`. */
export function ratio(a: number, b: number): string {
  return (a / b).toFixed(2);
}

function countOf(list: readonly unknown[], noun: string): string {
  return `${list.length} ${noun}${list.length === 1 ? "" : "s"}`;
}

/** The first column to the left, the others to the right. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) => {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(width(0)) : cell.padStart(width(column)),
    );
    return `  ${cells.join("  ")}`;
  });
}
