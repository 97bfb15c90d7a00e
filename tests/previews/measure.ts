import { Lab } from "../e2e/harness/lab";

/** The runs behind guard/estimate.ts, each after the one before. */
const RUNS: readonly (readonly [what: string, settings: Readonly<Record<string, string>>])[] = [
  ["three members restart", { quotaBackendBytes: "4294967296" }],
  ["three certificates are renewed", { certValidityHours: "4380" }],
  ["three members restart with a new minor", { etcdVersion: "3.5.33" }],
  ["three VMs stop and start", { machineType: "e2-standard-4" }],
  ["three VMs are replaced", { image: "projects/ubuntu-os-cloud/global/images/family/ubuntu-2204-lts" }],
  ["two members join", { controllerCount: "5" }],
  ["five members restart", { quotaBackendBytes: "2147483648" }],
  ["two members leave", { controllerCount: "3" }],
];

const lab = new Lab();

/** `npx tsx tests/previews/measure.ts`, as root: how long a run of each kind takes, and how often the leader changes. */
async function main(): Promise<void> {
  await lab.boot("--latency", "gce");
  try {
    await timed("the first up", () => lab.mustUp({ etcdVersion: "3.4.23" }));
    for (const [what, settings] of RUNS) {
      const before = await term();
      await timed(what, () => lab.mustUp({ ...settings }));
      console.log(`  leader changes: ${(await term()) - before}`);
    }
  } finally {
    await lab.down();
  }
}

async function timed(what: string, run: () => Promise<unknown>): Promise<void> {
  const start = Date.now();
  await run();
  console.log(`${what}: ${Math.round((Date.now() - start) / 1000)} s`);
}

/** Raft's term: each leader has one of its own. */
async function term(): Promise<number> {
  const { stdout } = await lab.must("etcdctl", "endpoint", "status", "-w", "json");
  return (JSON.parse(stdout) as { Status: { raftTerm: number } }[])[0]?.Status.raftTerm ?? 0;
}

void main();
