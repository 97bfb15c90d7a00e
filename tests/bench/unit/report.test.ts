import type { Run } from "../bench";
import { median, report } from "../report";

const took = (wallMs: number) => [{ wallMs, cpuMs: wallMs + 1000 }];
const run = (ours: number, plain: number, noOp: number): Run => ({
  ours: {
    totalMs: ours,
    phases: [
      { name: "install", fromMs: -500, toMs: 2000 },
      { name: "membership", fromMs: 2000, toMs: ours },
    ],
  },
  plain: { totalMs: plain, phases: [{ name: "start", fromMs: 0, toMs: plain }] },
  noOps: { cluster: took(noOp), empty: took(2000), plugins: took(5000) },
  previews: { cluster: took(noOp - 1000), empty: took(1000), plugins: took(4000) },
});

test("prints medians of all runs, phases under their bring-up, and ratios of the medians", () => {
  expect(report([run(12_000, 8000, 6000), run(15_000, 10_000, 7000), run(90_000, 80_000, 50_000)])).toBe(
    `
Bring-up, from the last VM booted to the member list, in seconds (3 runs):
                      from    to  takes
  pulumi up            0.0  15.0   15.0
    install           -0.5   2.0    2.5
    membership         2.0  15.0   13.0
  plain parallel ssh   0.0  10.0   10.0
    start              0.0  10.0   10.0
  ratio: pulumi up takes 1.50 × plain parallel ssh

A pulumi up that changes nothing, in seconds (3 times each):
                                               median  least  most  CPU
  this cluster                                    7.0    6.0  50.0  8.0
  empty program                                   2.0    2.0   2.0  3.0
  empty program that starts the three plugins     5.0    5.0   5.0  6.0
  ratio: this cluster takes 1.40 × the empty program with the plugins
         (3.50 × the one without), by CPU time 1.33 ×

A pulumi preview of no change, in seconds (3 times each):
                                               median  least  most  CPU
  this cluster                                    6.0    5.0  49.0  7.0
  empty program                                   1.0    1.0   1.0  2.0
  empty program that starts the three plugins     4.0    4.0   4.0  5.0
  ratio: this cluster takes 1.50 × the empty program with the plugins
         (6.00 × the one without), by CPU time 1.40 ×`.trimStart(),
  );
});

test("the median of an even count is between the middle two; of none there is none", () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(() => median([])).toThrow("no numbers");
});
