import { parseSettings, SettingsError } from "../../../../core/settings";

/** The error lines for a stack's settings; none when they are good. */
export function problemsOf(raw: Readonly<Record<string, string>>): readonly string[] {
  try {
    parseSettings(raw);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}
