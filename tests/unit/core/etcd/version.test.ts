import { compareVersions, formatVersion, isOlderThan, parseVersion } from "../../../../core/etcd/version";

test.each([
  ["3.4.10", { major: 3, minor: 4, patch: 10 }],
  ["v3.6.14", { major: 3, minor: 6, patch: 14 }],
  ["0.0.0", { major: 0, minor: 0, patch: 0 }],
  ["9999.0.9999", { major: 9999, minor: 0, patch: 9999 }],
])("parses %s", (text, version) => {
  expect(parseVersion(text)).toEqual(version);
});

test.each([
  "",
  "3",
  "3.4",
  "3.4.10.1",
  "3.4.010",
  "03.4.10",
  "3.4.10-rc.0",
  "3.4.10+build",
  "vv3.4.10",
  "V3.4.10",
  " 3.4.10",
  "3.4.10\n",
  "3.4.x",
  "3.-4.10",
  "3.4.10000",
])("does not parse %j", (text) => {
  expect(parseVersion(text)).toBeUndefined();
});

test("formats without a leading v", () => {
  expect(formatVersion({ major: 3, minor: 4, patch: 10 })).toBe("3.4.10");
});

test("sorts by number, major first", () => {
  const sorted = [
    { major: 4, minor: 0, patch: 0 },
    { major: 3, minor: 10, patch: 0 },
    { major: 3, minor: 4, patch: 10 },
    { major: 3, minor: 4, patch: 9 },
    { major: 3, minor: 5, patch: 0 },
  ].sort(compareVersions);
  expect(sorted.map(formatVersion)).toEqual(["3.4.9", "3.4.10", "3.5.0", "3.10.0", "4.0.0"]);
  expect(compareVersions({ major: 3, minor: 4, patch: 10 }, { major: 3, minor: 4, patch: 10 })).toBe(0);
});

test.each([
  ["3.4.9", "3.4.10", true],
  ["3.4.10", "3.4.10", false],
  ["3.4.11", "3.4.10", false],
  ["3.4.45", "3.5.0", true],
  ["3.6.0", "3.5.33", false],
  ["2.9.99", "3.0.0", true],
])("%s is older than %s: %s", (text, floor, older) => {
  const [major = 0, minor = 0, patch = 0] = text.split(".").map(Number);
  expect(isOlderThan({ major, minor, patch }, floor)).toBe(older);
});

test("a floor that is no version is an error", () => {
  expect(() => isOlderThan({ major: 3, minor: 4, patch: 10 }, "3.5")).toThrow(
    new Error('isOlderThan: "3.5" is not a version'),
  );
});
