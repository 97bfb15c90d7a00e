import { type BastionSetting, validateBastion } from "./bastion";
import { Problems, SettingsError } from "./problems";
import { readSettings } from "./read";
import type { Settings } from "./types";
import { validateAccess, validateCertificates, validateMachines, validateRelease } from "./validate";
import { versionWarnings } from "./versionFloors";

export { SETTING_NAMES } from "./read";
export type { Settings } from "./types";
export { type BastionSetting, SettingsError };

/** Settings that passed every check, with what deserves a warning. */
export interface ParsedSettings {
  readonly settings: Settings;
  /** One sentence each, naming the setting and the fix. */
  readonly warnings: readonly string[];
}

/**
 * Turns a stack's configuration into settings, checking everything in one pass.
 *
 * @param raw the project's configuration as Pulumi stores it: name (without namespace) to text, where
 *   arrays and objects are JSON. A missing name takes its default.
 * @throws SettingsError listing every problem at once, each with the setting, the value got and the fix.
 */
export function parseSettings(raw: Readonly<Record<string, string>>): ParsedSettings {
  const problems = new Problems();
  const settings = readSettings(raw, problems);
  validateMachines(settings, problems);
  validateRelease(settings, problems);
  validateCertificates(settings, problems);
  validateAccess(settings, problems);
  validateBastion(settings, problems);
  problems.throwIfAny();
  return { settings, warnings: versionWarnings(settings) };
}
