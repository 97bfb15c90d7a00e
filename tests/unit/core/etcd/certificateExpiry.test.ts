import { expiryWarning } from "../../../../core/etcd/certificateExpiry";

const SETTINGS = { certValidityHours: 8760, certEarlyRenewalHours: 720 };
const NOW = new Date("2030-01-01T00:00:00Z");

function endIn(hours: number): string {
  return new Date(NOW.getTime() + hours * 3_600_000).toISOString();
}

const warning = (name: string, hours: number) => expiryWarning(name, endIn(hours), SETTINGS, NOW);

test("a leaf with more than twice its early-renewal window left is no news", () => {
  expect(warning("controller-0", 1440)).toBeUndefined();
  expect(warning("kubernetes", 8760)).toBeUndefined();
});

test("a leaf with less than that says from when on an up renews it", () => {
  expect(warning("controller-0", 1439.5)).toBe(
    "certificate controller-0 expires in 1439 hours, at 2030-03-01T23:30:00.000Z; " +
      "a `pulumi up` from 2030-01-30T23:30:00.000Z on renews it without a restart",
  );
});

test("a leaf that has expired says so", () => {
  expect(warning("kubernetes", -1)).toMatch(
    /^certificate kubernetes has expired, at 2029-12-31T23:00:00\.000Z;/,
  );
});

test("a CA that outlives every leaf that it signs today is no news", () => {
  expect(warning("ca-1", 8760)).toBeUndefined();
});

test("a CA that does not is to be replaced", () => {
  expect(warning("ca-2", 8759)).toBe(
    "CA generation 2 expires in 8759 hours, at 2030-12-31T23:00:00.000Z: less than certValidityHours (8760). " +
      "Replace it: docs/operate/rotate-ca.md",
  );
  expect(warning("ca-2", 0)).toMatch(/^CA generation 2 has expired, /);
});

test("a time that cannot be read is no news, as in a preview", () => {
  expect(expiryWarning("ca-1", "unknown", SETTINGS, NOW)).toBeUndefined();
});
