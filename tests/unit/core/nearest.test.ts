import { nearest } from "../../../core/nearest";

const TYPES = ["e2-medium", "e2-standard-16", "e2-standard-2", "e2-standard-4", "n2-standard-4"];

test("the nearest names come first, and no more than three", () => {
  expect(nearest("e2-standrad-4", TYPES)).toEqual(["e2-standard-4", "e2-standard-2", "n2-standard-4"]);
});

test("of nothing, nothing is near", () => {
  expect(nearest("e2-medium", [])).toEqual([]);
});
