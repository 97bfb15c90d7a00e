import type { Lab } from "./lab";
import { blocksBelow } from "./page";

const RESTORE_DB = "/mnt/disks/etcd/restore.db";

const below = (heading: string) => blocksBelow("restore.md", heading);

/** Runs a block on every controller, at the same time. */
function onAll(lab: Lab, hosts: readonly string[], block: string): Promise<string[]> {
  return Promise.all(hosts.map((host) => lab.onHost(host, "bash", "-c", `cd /root && set -e\n${block}`)));
}

/** Takes a snapshot as the page says. @returns it, in base64. */
export async function takeSnapshot(lab: Lab): Promise<string> {
  const [save = ""] = below("Take a snapshot");
  await lab.onHost("controller-0", "bash", "-c", `cd /root && ${save}`);
  return lab.onHost("controller-0", "base64", "-w0", "/root/backup.db");
}

/**
 * Restores a snapshot on every controller and starts etcd, by the page's commands.
 *
 * @param minor - etcd's; for 3.4 the commands are changed as the page says.
 * @returns the last block: what is run from the engine afterwards.
 */
export async function restore(
  lab: Lab,
  hosts: readonly string[],
  snapshot: string,
  minor: string,
): Promise<string> {
  for (const host of hosts) {
    // In pieces, since a command line has a longest length.
    for (const [index, piece] of (snapshot.match(/.{1,100000}/g) ?? []).entries()) {
      const into = index === 0 ? ">" : ">>";
      await lab.onHost(host, "sh", "-c", `printf %s '${piece}' ${into}/root/restore.b64`);
    }
    await lab.onHost(host, "sh", "-c", `base64 -d /root/restore.b64 >${RESTORE_DB}`);
  }
  const tool = minor === "3.4" ? "etcdctl" : "etcdutl";
  const status = below("Before").find((block) => block.includes(`${tool} snapshot status`));
  for (const answer of await onAll(lab, hosts, status ?? "false")) expect(answer).toContain("TOTAL KEYS");
  for (const block of below("Restore, on every controller")) {
    await onAll(lab, hosts, minor === "3.4" ? as34(block) : block);
  }
  const [start = "", up = ""] = below("Start");
  await onAll(lab, hosts, start);
  return up;
}

const as34 = (block: string) =>
  block
    .replace("sudo etcdutl snapshot", "sudo ETCDCTL_API=3 etcdctl snapshot")
    .replace(" --bump-revision 1000000000 --mark-compacted", "");

/** The `pulumi up` of the page, after a preview with the same flags. @returns the preview. */
export async function upAfterRestore(lab: Lab, block: string): Promise<string> {
  const [program, command, stack, , ...flags] = block.trim().replaceAll("'", "").split(/\s+/);
  expect([program, command, stack]).toEqual(["pulumi", "up", "--stack"]);
  const preview = await lab.must("pulumi", "preview", "--non-interactive", ...flags);
  await lab.mustUp({}, ...flags);
  return preview.stdout;
}
