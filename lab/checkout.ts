import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The checkout, also for a program that has been bundled into another directory of it. */
export const ROOT = checkoutOf(__dirname);

function checkoutOf(directory: string): string {
  return existsSync(join(directory, "Pulumi.yaml")) ? directory : checkoutOf(dirname(directory));
}
