import { dataLoss, dataLossProblem } from "../../../../core/node/dataDisk";

const DISK = { zone: "us-west1-a", type: "pd-ssd", sizeGb: 50, kmsKey: "" };
const three = (changed = {}) => ({
  "controller-0": DISK,
  "controller-1": { ...DISK, zone: "us-west1-b", ...changed },
  "controller-2": { ...DISK, zone: "us-west1-c" },
});

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
  expect(dataLossProblem(three(), smaller, consent)).toBeUndefined();
  expect(dataLossProblem(three(), three({ sizeGb: 30 }), consent)).toContain("acceptDataLoss ");
  expect(dataLossProblem(smaller, three({ zone: "us-west1-f" }), consent)).toContain("acceptDataLoss ");
  expect(dataLossProblem(three(), smaller, "")).toContain(
    `pulumi config set etcd-on-gce:acceptDataLoss ${consent}`,
  );
});

test("a single member's loss is called what it is", () => {
  const one = { "controller-0": DISK };
  expect(dataLossProblem(one, { "controller-0": { ...DISK, sizeGb: 20 } }, "")).toMatch(
    /all data of the cluster is deleted/,
  );
});
