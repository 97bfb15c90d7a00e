import { parseCommandOptions, shellCommand } from "./shell";

/** What the wait on the bastion is told; `instance` and `vm` are read by no one, and make it run again. */
export interface Reach {
  readonly name: string;
  readonly ip: string;
  /** In authorized_keys format. */
  readonly "host-key": string;
  /** In seconds. */
  readonly limit: string;
  readonly instance: string;
  readonly vm: string;
}

/** The command that waits for a VM's pinned host key; its script is sent on stdin. */
export function renderReach(reach: Reach): string {
  return shellCommand("bash -s --", { ...reach });
}

/** True when a command's text is {@link renderReach}'s, and nothing else. */
export function isReach(text: string): boolean {
  const options = parseCommandOptions(text);
  return /^\d+$/.test(options.limit ?? "") && shellCommand("bash -s --", options) === text;
}
