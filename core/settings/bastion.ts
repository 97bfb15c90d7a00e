import { isObject } from "../json";
import type { Settings } from ".";
import { parseJson, type Report, type Setting } from "./kinds";
import { NOT_SHOWN } from "./problems";

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
// Both become words of a command that `npm run ssh` has the shell run.
const HOST = [/^[a-z0-9]([-.:a-z0-9]{0,251}[a-z0-9])?$/i, "write a host name or an IP address"] as const;
const USER = [/^[a-z_][-.\w]{0,31}$/i, "write a user name of letters, digits, `_`, `.` and `-`"] as const;
const HOST_KEY = /^ssh-ed25519 [A-Za-z0-9+/=]{68}( .*)?$/;

/** A map of strings and a port; empty for none. */
export const BASTION: Setting<Partial<BastionSetting>> = {
  type: "object",
  valueType: "Partial<BastionSetting>",
  default: {},
  description: "Jump host for sshReach bastion, a map of host, user, hostKey and port.",
  effect: "reach",
  fix: "write a map with host, user, hostKey and port",
  parse: parseJson,
  is: (value): value is Partial<BastionSetting> => isObject(value),
  check: checkBastion,
};

function checkBastion(bastion: Partial<BastionSetting>, report: Report, { sshReach }: Settings): void {
  const isGiven = Object.keys(bastion).length > 0;
  if (sshReach !== "bastion") {
    if (isGiven) report(bastion, `it is used with sshReach "bastion" only; remove it or change sshReach`);
    return;
  }
  if (!isGiven) {
    report(undefined, `sshReach "bastion" needs a map with host, user and hostKey`);
    return;
  }
  const { hostKey, port = 22 } = bastion;
  for (const [key, [pattern, fix]] of [
    ["host", HOST],
    ["user", USER],
  ] as const) {
    const given = bastion[key];
    if (typeof given !== "string" || !pattern.test(given)) report(given, fix, key);
  }
  if (typeof hostKey !== "string" || !HOST_KEY.test(hostKey))
    report(hostKey, "write the bastion's public key, `ssh-ed25519 AAAA…`", "hostKey");
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    report(port, "write a port from 1 to 65535", "port");
  for (const key of Object.keys(bastion).filter((name) => !KEYS.includes(name)))
    report(NOT_SHOWN, `use ${KEYS.join(", ")}`, key);
}
