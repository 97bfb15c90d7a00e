import { bringUpOf, type Mark, VMS } from "../phases";

const span = (phase: string, from: number, to: number): Mark[] => [
  { phase, edge: "begin", atMs: from },
  { phase, edge: "end", atMs: to },
];

test("a phase lasts from its first begin to its last end, counted from the last VM", () => {
  const marks = [
    ...span(VMS, 1000, 3000),
    ...span(VMS, 1000, 5000),
    ...span("install", 3000, 7000),
    ...span("install", 5000, 6500),
    ...span("membership", 7000, 8000),
  ];
  expect(bringUpOf(marks)).toEqual({
    phases: [
      { name: "install", fromMs: -2000, toMs: 2000 },
      { name: "membership", fromMs: 2000, toMs: 3000 },
    ],
    totalMs: 3000,
  });
});

test("phases stand in the order in which they began", () => {
  const marks = [...span("late", 30, 40), ...span("early", 20, 50), ...span(VMS, 0, 10)];
  expect(bringUpOf(marks).phases.map(({ name }) => name)).toEqual(["early", "late"]);
});

test("a phase that one node has not ended is refused", () => {
  const marks = [...span(VMS, 0, 10), ...span("install", 10, 20), ...span("install", 10, 20).slice(0, 1)];
  expect(() => bringUpOf(marks)).toThrow("phase install has begun 2 times and ended 1 times");
});

test("without a VM, or without anything done on it, there is nothing to measure", () => {
  expect(() => bringUpOf(span("install", 0, 10))).toThrow("no VM was created");
  expect(() => bringUpOf(span(VMS, 0, 10))).toThrow("nothing was done on the VMs");
});
