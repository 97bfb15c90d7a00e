import { MACHINE_SERIES, seriesName, seriesOf } from "../../../../core/settings/machineSeries";
import { changesInPlace, MACHINE_SERIES as IN_THE_LAB } from "../../../../lab/api/machineSeries";

const NAMES = Object.keys(MACHINE_SERIES);

test("every series that the lab has is known", () => {
  expect(Object.keys(IN_THE_LAB).sort()).toEqual(NAMES);
});

// What the lab refuses as Google does is what the settings must refuse first.
test.each(NAMES)("%s is in the lab what it is here", (name) => {
  const [here, there] = [MACHINE_SERIES[name], IN_THE_LAB[name]];
  expect(here?.architecture).toBe(there?.architecture === "ARM64" ? "arm64" : "amd64");
  const takes = (type: string) => (there?.disks[type] ?? 999) <= (there?.vcpus[0] ?? 0);
  expect(["pd-balanced", "hyperdisk-balanced"].find(takes)).toBe(here?.bootDiskType);
  expect(["pd-ssd", "pd-balanced", "hyperdisk-balanced"].filter(takes)).toEqual(here?.dataDiskTypes);
});

test("a machine type changes in place within a lineage and nowhere else", () => {
  for (const from of NAMES) {
    for (const to of NAMES) {
      const same = MACHINE_SERIES[from]?.lineage === MACHINE_SERIES[to]?.lineage;
      expect([from, to, same]).toEqual([from, to, changesInPlace(from, to)]);
    }
  }
});

test.each([
  ["n2-standard-4", "n2"],
  ["n4-custom-4-8192", "n4"],
  ["custom-4-8192", "n1"],
  ["f1-micro", "n1"],
  ["g1-small", "n1"],
  ["e2-medium", "e2"],
])("%s is of %s", (machineType, name) => {
  expect(seriesName(machineType)).toBe(name);
  expect(seriesOf(machineType)).toBe(MACHINE_SERIES[name]);
});

test.each(["m3-ultramem-32", "constructor-1", ""])("%j is of no series that is known", (machineType) => {
  expect(seriesOf(machineType)).toBeUndefined();
});
