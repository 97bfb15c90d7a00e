import type { Architecture } from "../etcd/releases";
import { defectsOf, recommendedReleases } from "../etcd/upgrades";
import { parseVersion } from "../etcd/version";
import { ACCESS } from "./access";
import type { BastionSetting } from "./bastion";
import { CERTIFICATES } from "./certificates";
import type { Setting } from "./kinds";
import { seriesOf } from "./machineSeries";
import { MACHINES } from "./machines";
import { NOT_SHOWN, Problems } from "./problems";
import { diskFor, RELEASE } from "./release";
import type { SettingValues } from "./values";

export { SettingsError } from "./problems";
export type { BastionSetting };

/** Every setting: the one place where its type, default, check, description and effect stand. */
export const SETTINGS = { ...MACHINES, ...RELEASE, ...CERTIFICATES, ...ACCESS } satisfies {
  [K in keyof SettingValues]: Setting<SettingValues[K]>;
};

/** Every setting's name, in the table's order. */
export const SETTING_NAMES: readonly string[] = Object.keys(SETTINGS);

/** Settings as a program gives them; a missing one takes its default. */
export type SettingsArgs = { readonly [K in keyof SettingValues]?: SettingValues[K] | undefined };

/** Settings that passed every check. */
export interface Settings extends Omit<SettingValues, "bastion"> {
  /** Follows from the machine type. */
  readonly architecture: Architecture;
  readonly bastion: BastionSetting | undefined;
}

/** Settings with what deserves a warning. */
export interface ParsedSettings {
  readonly settings: Settings;
  /** One sentence each, naming the setting and the fix. */
  readonly warnings: readonly string[];
}

/**
 * Turns a stack's configuration into settings, checking everything in one pass.
 *
 * @param raw the project's configuration as Pulumi stores it: name (without namespace) to text, where
 *   arrays and objects are JSON.
 * @throws SettingsError listing every problem at once, each with the setting, the value got and the fix.
 */
export function parseSettings(raw: Readonly<Record<string, string>>): ParsedSettings {
  return resolveSettings(settingsArgs(raw));
}

/** A stack's configuration in the types of the settings; what has another type stays as it is, to be refused. */
export function settingsArgs(raw: Readonly<Record<string, string>>): SettingsArgs {
  const read = ([name, text]: [string, string]) => {
    const setting = settingNamed(name);
    const value = setting?.parse(text);
    return [name, setting?.is(value) ? value : text];
  };
  return Object.fromEntries(Object.entries(raw).map(read));
}

/**
 * Checks settings in one pass and fills in the defaults.
 *
 * @throws SettingsError listing every problem at once.
 */
export function resolveSettings(args: SettingsArgs): ParsedSettings {
  const problems = new Problems();
  const values = valuesOf(args, problems);
  const settings: Settings = {
    ...values,
    architecture: seriesOf(values.machineType)?.architecture ?? "amd64",
    bastion: Object.keys(values.bastion).length === 0 ? undefined : (values.bastion as BastionSetting),
  };
  for (const [name, value] of Object.entries(values)) {
    const report = (got: unknown, fix: string, part?: string) =>
      problems.add(part === undefined ? name : `${name}.${part}`, got, fix);
    settingNamed(name)?.check(value, report, settings);
  }
  problems.throwIfAny();
  return { settings, warnings: warningsOf(settings) };
}

function valuesOf(args: SettingsArgs, problems: Problems): SettingValues {
  const given = new Map(Object.entries(args).filter(([, value]) => value !== undefined));
  for (const name of given.keys()) {
    if (!settingNamed(name))
      problems.add(name, NOT_SHOWN, `there is no such setting; use one of ${SETTING_NAMES.join(", ")}`);
  }
  const values = Object.entries(SETTINGS as Record<string, Setting>).map(([name, setting]) => {
    const value = given.get(name);
    if (value !== undefined && !setting.is(value)) problems.add(name, value, setting.fix);
    return [name, setting.is(value) ? value : setting.default];
  });
  const read = Object.fromEntries(values) as SettingValues;
  return { ...read, etcdVersion: read.etcdVersion.replace(/^v/, "") };
}

function settingNamed(name: string): Setting | undefined {
  return Object.hasOwn(SETTINGS, name) ? (SETTINGS as Record<string, Setting>)[name] : undefined;
}

function warningsOf({ etcdVersion, quotaBackendBytes, dataDiskSizeGb }: Settings): string[] {
  const warnings: string[] = [];
  const version = parseVersion(etcdVersion);
  const known = version ? defectsOf(version) : [];
  if (known.length > 0) {
    const plan = `Plan the upgrade to ${recommendedReleases("or")}.`;
    warnings.push(`etcdVersion ${etcdVersion} has known defects: ${known.join("; ")}. ${plan}`);
  }
  // A snapshot that is kept, another one, and the copy on which a new minor is tried.
  const roomy = diskFor(quotaBackendBytes, 4);
  if (dataDiskSizeGb < roomy)
    warnings.push(
      `dataDiskSizeGb ${dataDiskSizeGb} is too small for upgrades and joins once the database has reached quotaBackendBytes; ${roomy} GB hold it and its copies.`,
    );
  return warnings;
}
