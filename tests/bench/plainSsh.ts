import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inNetns } from "../../lab/commands/shared/netns";
import { labDirectory, ROOT } from "../../lab/commands/shared/paths";
import { replaceVms } from "./freshVms";
import { type Handover, handoverOf, type Node } from "./nodes";
import { type BringUp, bringUpOf, type Mark } from "./phases";
import { lab, must } from "./processes";

const TIMEOUT_MS = 300_000;

/**
 * Replaces the stack's VMs by fresh ones and brings the same cluster up on them by plain parallel ssh: same
 * certificates, same release from the same place.
 */
export async function plainBringUp(stop: AbortSignal): Promise<BringUp> {
  const state = await must(lab("pulumi", "stack", "export", "--show-secrets"), {
    timeoutMs: TIMEOUT_MS,
    stop,
  });
  const handover = handoverOf(state.stdout);
  const argv = inNetns([join(ROOT, "tests/bench/plain-ssh/bring-up.sh"), ...layDown(handover)]);
  stop.throwIfAborted();
  const marks: Mark[] = await replaceVms(handover.nodes.map(({ name }) => name));
  const onLine = (line: string, atMs: number) => {
    const [, phase, edge] = /^([\w-]+) (begin|end)$/.exec(line) ?? [];
    if (phase) marks.push({ phase, edge: edge as Mark["edge"], atMs });
  };
  await must(argv, { timeoutMs: TIMEOUT_MS, stop, onLine });
  return bringUpOf(marks);
}

/** Writes keys and certificates below the lab's directory, and returns the script's arguments. */
function layDown({ nodes, url, version }: Handover): string[] {
  const directory = labDirectory("plain-ssh");
  const secretly = (content: string, ...path: string[]) =>
    writeFileSync(join(directory, ...path), content, { mode: 0o600 });
  secretly(nodes.map(({ host, hostKey }) => `${host} ${hostKey}\n`).join(""), "known_hosts");
  secretly(nodes.map((node) => sshHost(node, directory)).join("\n"), "ssh_config");
  for (const { name, privateKey, certificates } of nodes) {
    secretly(`${privateKey.trim()}\n`, `${name}-key`);
    mkdirSync(join(directory, name), { recursive: true, mode: 0o700 });
    for (const [file, content] of Object.entries(certificates)) secretly(content, name, file);
  }
  return [directory, url, version, ...nodes.map(({ name, host }) => `${name}=${host}`)];
}

function sshHost({ name, host, user }: Node, directory: string): string {
  return `Host ${name}
  HostName ${host}
  User ${user}
  IdentityFile ${join(directory, `${name}-key`)}
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile ${join(directory, "known_hosts")}
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  BatchMode yes
  ConnectTimeout 5
  ServerAliveInterval 5
`;
}
