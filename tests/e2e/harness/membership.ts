import { Cluster } from "./cluster";
import type { Lab } from "./lab";

/** What etcd journals when a member gives up, or is taken for one that was removed. */
const BAD = /permanently removed|panic/;
/** Bad for a member that there is: those that were shrunk away, or that a restore left behind, are rightly gone. */
const BAD_FOR_A_MEMBER = [
  /Removing zombie member.*\{ID:([0-9a-f]+) /,
  /rejected stream from remote peer because it was removed.*"remote-peer-id-from":"([0-9a-f]+)"/,
];

/**
 * Expects that no member takes another one for removed, by what its etcd has journaled and by the marks in its
 * database; that all are healthy; and that `verify` finds nothing.
 */
export async function expectNobodyMarked(lab: Lab, hosts: readonly string[]): Promise<void> {
  const ids = Object.values(await new Cluster(lab).memberIds());
  const isBad = (line: string) =>
    BAD.test(line) || BAD_FOR_A_MEMBER.some((what) => ids.includes(what.exec(line)?.[1] ?? ""));
  for (const host of hosts) {
    const journal = await lab.onHost(host, "journalctl", "-u", "etcd", "-o", "cat", "--no-pager");
    expect({ host, bad: journal.split("\n").filter(isBad) }).toEqual({ host, bad: [] });
    expect({ host, marked: (await marks(lab, host)).filter((id) => ids.includes(id)) }).toEqual({
      host,
      marked: [],
    });
  }
  const { output } = await lab.must("etcdctl", "endpoint", "health", "--cluster");
  expect(output.match(/is healthy/g)).toHaveLength(hosts.length);
  expect((await lab.must("verify")).output).toContain("Everything is as declared.");
}

/** The IDs that a member's database marks as removed. */
export async function marks(lab: Lab, host: string): Promise<string[]> {
  const look =
    "LC_ALL=C grep -aoE '[0-9a-f]{15,16}removed' /var/lib/etcd/member/snap/db | sort -u | sed s/removed// || true";
  return (await lab.onHost(host, "sh", "-c", look)).split("\n").filter(Boolean);
}
