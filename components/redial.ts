import { setTimeout as sleep } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { COMMAND_TYPE } from "../core/node/phases";
import type { Settings } from "../core/settings";

const PAUSE_MS = 5_000;
/** The engine asks a hook a hundred times; at the last it would hide the error. */
const DIALS_MAX = 98;
/** What one failed dial counts for at most: a bastion's kernel takes two minutes to give up on who is silent. */
const DIAL_MS = 10_000;
/** A dial from the bastion, as the plugin tells of it when it must not try again by itself. */
const FAILED_DIAL = /^[^"]*proxy: after 0 failed attempts: ssh: /;

/**
 * Makes Commands behind a bastion dial anew. There the plugin shakes hands again and again over one stream, which the
 * first failure has ended: a VM that still shows its first host key would be out of reach for the whole run.
 */
export function redialling(
  name: string,
  { bastion, sshDialErrorLimit }: Pick<Settings, "bastion" | "sshDialErrorLimit">,
  opts: pulumi.ComponentResourceOptions = {},
): pulumi.ComponentResourceOptions {
  if (!bastion) return opts;
  const firstFailures = new Map<pulumi.URN, number>();
  const hook = new pulumi.ErrorHook(`${name}-redial`, async ({ urn, errors }) => {
    const first = firstFailures.get(urn) ?? Date.now();
    firstFailures.set(urn, first);
    if (!dialsAgain(errors, Date.now() - first, sshDialErrorLimit)) return false;
    await sleep(PAUSE_MS);
    return true;
  });
  return pulumi.mergeOptions(opts, {
    transformations: [
      ({ type, props, opts }) =>
        type === COMMAND_TYPE ? { props, opts: { ...opts, hooks: { onError: [hook] } } } : undefined,
    ],
  });
}

/** True after a dial from the bastion has failed, as often and as long as the limit allows. Exported for its test. */
export function dialsAgain(errors: readonly string[], sinceFirstMs: number, limit: number): boolean {
  const isDial = FAILED_DIAL.test(errors[0] ?? "");
  return isDial && errors.length <= Math.min(limit, DIALS_MAX) && sinceFirstMs < limit * DIAL_MS;
}
