import { readFileSync } from "node:fs";
import { join } from "node:path";
import { knownSha256 } from "../../../../core/etcd/releases";
import { MINORS, refuseUpgrade, refuseVersion, upgradeFloors } from "../../../../core/etcd/upgrades";
import { parseVersion, type Version } from "../../../../core/etcd/version";

const version = (text: string) => parseVersion(text) as Version;

test.each([
  ["3.4.10", "3.4.27", undefined],
  ["3.4.27", "3.4.27", undefined],
  ["3.4.27", "3.5.33", undefined],
  ["3.5.32", "3.6.14", undefined],
  ["3.5.31", "3.6.14", "below-floor"],
  ["3.6.0", "3.6.14", undefined],
  ["3.4.27", "3.6.14", "minor-skipped"],
  ["3.6.11", "3.7.3", undefined],
  ["3.6.10", "3.7.3", "below-floor"],
  ["3.7.3", "3.6.14", undefined],
  ["3.7.3", "3.6.10", "downgrade"],
  ["3.7.3", "3.5.33", "downgrade"],
  ["3.6.14", "4.0.0", "minor-skipped"],
  ["3.4.27", "3.4.10", "downgrade"],
  ["3.5.33", "3.4.27", "downgrade"],
  ["3.6.14", "3.5.33", undefined],
  ["3.6.14", "3.5.32", undefined],
  ["3.6.14", "3.5.31", "downgrade"],
  ["3.6.14", "3.4.27", "downgrade"],
])("from %s to %s: %s", (from, to, refusal) => {
  expect(refuseUpgrade(version(from), version(to))).toBe(refusal);
});

test("what is recommended is run, has a known checksum and may go to the next minor", () => {
  const minors = Object.values(MINORS);
  for (const [index, { recommended, from }] of minors.entries()) {
    if (recommended) {
      expect(refuseVersion(recommended)).toBeUndefined();
      expect(knownSha256(recommended, "amd64")).toBeDefined();
    }
    const before = minors[index - 1]?.recommended;
    if (from && before) expect(refuseUpgrade(version(from), version(before))).toBeUndefined();
  }
});

test("remote/version.sh decides on the live members by the same numbers", () => {
  const script = readFileSync(join(__dirname, "../../../../remote/version.sh"), "utf8");
  const floors = Object.entries(MINORS).filter(([, { from }]) => from);
  expect(floors.length).toBeGreaterThan(0);
  const written = /^UPGRADE_FROM=\((.*)\)$/m.exec(script)?.[1];
  const inBash = [...(written ?? "").matchAll(/\[(\d+)\]="(\S+) (\S+)"/g)].map(([, ...found]) => found);
  expect(inBash).toEqual(
    floors.map(([minor, { from = "" }]) => [minor, from, MINORS[Number(minor) - 1]?.recommended]),
  );
  for (const [minor, { from = "" }] of floors) expect(version(from).minor).toBe(Number(minor) - 1);
});

test("the floors are written for people", () => {
  expect(upgradeFloors()).toBe("to 3.6 from below 3.5.32, to 3.7 from below 3.6.11");
});
