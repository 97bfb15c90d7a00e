import type { Problems } from "./problems";
import type { Settings } from "./types";

/** The jump host for `sshReach: bastion`; the deploy key must be authorised there for `user`. */
export interface BastionSetting {
  readonly host: string;
  readonly user: string;
  /** In authorized_keys format: `ssh-ed25519 AAAA…`. Never optional: host keys are always verified. */
  readonly hostKey: string;
  /** @default 22 */
  readonly port?: number;
}

const KEYS = ["host", "user", "hostKey", "port"];

/** Checks `bastion` against `sshReach`. */
export function validateBastion(settings: Settings, problems: Problems): void {
  const { bastion, sshReach } = settings;
  if (sshReach !== "bastion") {
    if (bastion)
      problems.add(
        "bastion",
        bastion,
        `it is used with sshReach "bastion" only; remove it or change sshReach`,
      );
    return;
  }
  if (!bastion) {
    problems.add("bastion", undefined, `sshReach "bastion" needs a map with host, user and hostKey`);
    return;
  }
  for (const key of ["host", "user"] as const) {
    if (typeof bastion[key] !== "string" || bastion[key] === "") {
      problems.add(`bastion.${key}`, bastion[key], "write a non-empty string");
    }
  }
  if (
    typeof bastion.hostKey !== "string" ||
    !/^ssh-ed25519 [A-Za-z0-9+/=]{68}( .*)?$/.test(bastion.hostKey)
  ) {
    problems.add("bastion.hostKey", bastion.hostKey, "write the bastion's public key, `ssh-ed25519 AAAA…`");
  }
  const port = bastion.port ?? 22;
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    problems.add("bastion.port", bastion.port, "write a port from 1 to 65535");
  }
  for (const key of Object.keys(bastion).filter((name) => !KEYS.includes(name))) {
    problems.add(
      `bastion.${key}`,
      (bastion as unknown as Record<string, unknown>)[key],
      `use ${KEYS.join(", ")}`,
    );
  }
}
