import { RunError } from "@pulumi/pulumi/errors";
import { resolveSettings, type SettingsArgs, SettingsError } from "../core/settings";

/** @throws RunError with everything that is wrong; it is printed as its message alone, without a stack trace. */
export function checkedSettings(args: SettingsArgs): ReturnType<typeof resolveSettings> {
  try {
    return resolveSettings(args);
  } catch (error) {
    if (error instanceof SettingsError) throw new RunError(error.message);
    throw error;
  }
}
