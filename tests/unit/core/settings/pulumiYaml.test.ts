import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { parseSettings, SETTING_NAMES, SETTINGS } from "../../../../core/settings";

const SETTING_DEFAULTS: Readonly<Record<string, unknown>> = Object.fromEntries(
  Object.entries(SETTINGS).map(([name, setting]) => [name, setting.default]),
);

const PREFIX = "etcd-on-gce:";

type Config = Record<string, unknown>;
interface Declared {
  readonly type: string;
  readonly items?: { readonly type: string };
  readonly default: unknown;
  readonly description: string;
}

function configOf(file: string): Config {
  return (parse(readFileSync(join(__dirname, "../../../..", file), "utf8")) as { config: Config }).config;
}

/** As Pulumi hands a program its configuration: text, and JSON for what is no text. */
function asRaw(config: Config): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => key.startsWith(PREFIX))
      .map(([key, value]) => [
        key.slice(PREFIX.length),
        typeof value === "string" ? value : JSON.stringify(value),
      ]),
  );
}

const declared = configOf("Pulumi.yaml") as unknown as Record<string, Declared>;
const names = Object.keys(declared).map((key) => key.slice(PREFIX.length));

test("declares every setting and no other, in the same order", () => {
  expect(Object.keys(declared).filter((key) => !key.startsWith(PREFIX))).toEqual([]);
  expect(names).toEqual(SETTING_NAMES);
});

test.each(names)("declares the default of %s", (name) => {
  expect(SETTING_DEFAULTS[name]).toEqual(declared[PREFIX + name]?.default);
});

test.each(names)("declares the type of %s and describes it", (name) => {
  const setting = declared[PREFIX + name];
  const value = SETTING_DEFAULTS[name];
  const type = Array.isArray(value) ? "array" : typeof value === "number" ? "integer" : typeof value;
  expect(setting?.type).toBe(type);
  expect(setting?.description).toMatch(/^.{10,}\.$/);
});

test("its defaults, given explicitly, are the settings of an empty stack", () => {
  const defaults = Object.entries(declared).map(([key, setting]) => [key, setting.default]);
  expect(parseSettings(asRaw(Object.fromEntries(defaults)))).toEqual(parseSettings({}));
});

test.each(["Pulumi.dev.yaml", "Pulumi.prod.yaml", "Pulumi.lab.yaml"])("%s is valid", (file) => {
  const raw = asRaw(configOf(file));
  expect(Object.keys(raw).length).toBeGreaterThan(1);
  expect(() => parseSettings(raw)).not.toThrow();
});

test("dev is small, and reached from outside by a documentation range until one is set", () => {
  const { settings } = parseSettings(asRaw(configOf("Pulumi.dev.yaml")));
  expect(settings).toMatchObject({
    sshReach: "external",
    sshSourceRanges: ["203.0.113.7/32"],
    machineType: "e2-medium",
    deletionProtection: false,
  });
});

test("prod has three zones, protection, no public addresses, and a release without warnings", () => {
  const { settings, warnings } = parseSettings(asRaw(configOf("Pulumi.prod.yaml")));
  expect(settings).toMatchObject({ sshReach: "internal", deletionProtection: true });
  expect(new Set(settings.zones).size).toBe(3);
  expect(warnings).toEqual([]);
});
