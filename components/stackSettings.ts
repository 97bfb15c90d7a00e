import * as pulumi from "@pulumi/pulumi";
import { parseSettings, type Settings, SettingsError } from "../core/settings";

/**
 * The current stack's settings, with warnings logged.
 *
 * @throws RunError with every problem at once; it ends the program before any resource is registered.
 */
export function readStackSettings(): Settings {
  try {
    const { settings, warnings } = parseSettings(projectConfig());
    for (const warning of warnings) void pulumi.log.warn(warning);
    return settings;
  } catch (error) {
    // A RunError is printed as its message alone, without a stack trace of this program.
    if (error instanceof SettingsError) throw new pulumi.RunError(error.message);
    throw error;
  }
}

function projectConfig(): Record<string, string> {
  const prefix = `${pulumi.getProject()}:`;
  const entries = Object.entries(pulumi.runtime.allConfig());
  return Object.fromEntries(
    entries
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value]),
  );
}
