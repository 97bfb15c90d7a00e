import { machineName } from "./names";
import { nft } from "./namespaces";
import { openMachine } from "./nspawnBackend";

/** What a partition cuts: the peers' port alone, or everything in, out, or both ways but SSH. */
export type PartitionMode = "peer" | "in" | "out" | "both";

const TABLE = "lab_fault";
const FILL = "/var/lib/etcd/lab-fill";

/** Cuts a host's power; it stays off. */
export async function powerOff(labDir: string, name: string): Promise<void> {
  await openMachine(labDir, name).kill();
}

/** Stops a host's etcd from running, without ending it. */
export async function freeze(labDir: string, name: string): Promise<void> {
  await openMachine(labDir, name).inside(["pkill", "-STOP", "-x", "etcd"]);
}

/** Lets a frozen etcd go on. */
export async function thaw(labDir: string, name: string): Promise<void> {
  await openMachine(labDir, name).inside(["pkill", "-CONT", "-x", "etcd"]);
}

/** Drops a host's traffic; SSH from the gateway stays. */
export async function partition(labDir: string, name: string, mode: PartitionMode): Promise<void> {
  openMachine(labDir, name);
  await nft(machineName(name), renderPartition(mode));
}

/** Undoes {@link partition}. */
export async function heal(name: string): Promise<void> {
  await nft(machineName(name), `table inet ${TABLE}\ndelete table inet ${TABLE}\n`);
}

/** Fills the file system of the etcd data; all but the end of it takes no room of this machine's own. */
export async function fill(labDir: string, name: string): Promise<void> {
  const most = "$(($(df --output=avail -B1 /var/lib/etcd | tail -n1) - 67108864))";
  const script = `fallocate -l "${most}" ${FILL}; dd if=/dev/zero of=${FILL}-end bs=1M || true`;
  await openMachine(labDir, name).inside(["sh", "-c", script]);
}

/** Undoes {@link fill}. */
export async function unfill(labDir: string, name: string): Promise<void> {
  await openMachine(labDir, name).inside(["rm", "-f", FILL, `${FILL}-end`]);
}

/** Kills etcd and removes its data, as a broken disk would. */
export async function wipe(labDir: string, name: string): Promise<void> {
  const script = "systemctl kill -s KILL etcd; rm -rf /var/lib/etcd/member";
  await openMachine(labDir, name).inside(["sh", "-c", script]);
}

/** The nft script for a partition. Exported for its test. */
export function renderPartition(mode: PartitionMode): string {
  const drop = mode === "peer" ? ["tcp dport 2380 drop", "tcp sport 2380 drop"] : ["drop"];
  const keep = ["iif lo accept", "tcp dport 22 accept"];
  const keepOut = ["oif lo accept", "tcp sport 22 accept"];
  const chain = (hook: "input" | "output", rules: string[]) => [
    `  chain ${hook} {`,
    `    type filter hook ${hook} priority -20; policy accept;`,
    ...rules.map((rule) => `    ${rule}`),
    "  }",
  ];
  return [
    `table inet ${TABLE}`,
    `delete table inet ${TABLE}`,
    `table inet ${TABLE} {`,
    ...(mode === "out" ? [] : chain("input", [...keep, ...drop])),
    ...(mode === "in" ? [] : chain("output", [...keepOut, ...drop])),
    "}",
    "",
  ].join("\n");
}
