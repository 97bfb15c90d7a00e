import { type DataDisks, dataLoss, dataLossProblem } from "../../../../core/node/dataDisk";

const DISK = { zone: "us-west1-a", type: "pd-ssd", sizeGb: 50, kmsKey: "" };
const three = (changed = {}) => ({
  "controller-0": DISK,
  "controller-1": { ...DISK, zone: "us-west1-b", ...changed },
  "controller-2": { ...DISK, zone: "us-west1-c" },
});

/** Where nothing has happened since the last `up`. */
const problemOf = (before: DataDisks, declared: DataDisks, accept: string) =>
  dataLossProblem(before, before, declared, accept);

test.each([
  ["nothing", three(), three()],
  ["a larger disk", three(), three({ sizeGb: 51 })],
  ["a controller that leaves", three(), { "controller-0": DISK }],
  ["a new one", { "controller-0": DISK }, three()],
  ["what is not known", {}, three()],
])("%s loses no data", (_what, before, now) => {
  expect(dataLoss(before, now)).toBeUndefined();
});

test.each([
  ["a smaller disk", { sizeGb: 49 }],
  ["another type", { type: "pd-balanced" }],
  ["another type, and larger", { type: "pd-balanced", sizeGb: 100 }],
  ["another key", { kmsKey: "projects/p/k" }],
  ["another zone", { zone: "us-west1-f" }],
])("%s does, for the member that has it", (_what, changed) => {
  const { lines = [] } = dataLoss(three(), three(changed)) ?? {};
  expect(lines).toEqual([
    expect.stringMatching(
      /^controller-1: pd-ssd of 50 GB in us-west1-b, would be pd-\w+ of \d+ GB in us-west1-[bf]/,
    ),
  ]);
});

test("a consent lets this one change through, and no other", () => {
  const smaller = three({ sizeGb: 20 });
  const { consent = "" } = dataLoss(three(), smaller) ?? {};
  expect(problemOf(three(), smaller, consent)).toBeUndefined();
  expect(problemOf(three(), three({ sizeGb: 30 }), consent)).toContain("acceptDataLoss ");
  expect(problemOf(smaller, three({ zone: "us-west1-f" }), consent)).toContain("acceptDataLoss ");
  expect(problemOf(three(), smaller, "")).toContain(
    `pulumi config set etcd-on-gce:acceptDataLoss ${consent}`,
  );
});

test("a single member's loss is called what it is", () => {
  const one = { "controller-0": DISK };
  expect(problemOf(one, { "controller-0": { ...DISK, sizeGb: 20 } }, "")).toMatch(
    /all data of the cluster is deleted/,
  );
});

test("what there is now counts, not what the last up has left", () => {
  const grown = three({ sizeGb: 100 });
  expect(dataLossProblem(three(), grown, three(), "")).toContain(
    "  - controller-1: pd-ssd of 100 GB in us-west1-b, would be pd-ssd of 50 GB in us-west1-b\n",
  );
  expect(dataLossProblem(grown, three(), three(), "")).toBeUndefined();
});

test("the only copy is called so, though other members are to come", () => {
  const one = { "controller-0": DISK };
  const other = { ...three(), "controller-0": { ...DISK, type: "pd-balanced" } };
  expect(problemOf(one, other, "")).toMatch(/all data of the cluster is deleted/);
});

test("consent to a change covers what is left of it, and not the way back", () => {
  const last = three();
  const declared = Object.fromEntries(
    Object.entries(last).map(([name, disk]) => [name, { ...disk, sizeGb: 20 }]),
  );
  const { consent = "" } = dataLoss(last, declared) ?? {};
  const half = { ...last, "controller-0": { ...DISK, sizeGb: 20 } };
  expect(dataLossProblem(last, half, declared, consent)).toBeUndefined();
  expect(
    dataLossProblem(last, { ...half, "controller-1": { ...DISK, sizeGb: 99 } }, declared, consent),
  ).toContain("controller-1: pd-ssd of 99 GB");
});
