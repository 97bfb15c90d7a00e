import { CLIENTS_MAY_REACH, Cluster, controllers } from "../e2e/harness/cluster";
import { killAtEveryPoint, killTable } from "../e2e/harness/killMatrix";
import { Lab } from "../e2e/harness/lab";
import { expectNothingLost, RATE_OF_A_MATRIX, startClients } from "../e2e/harness/watched";
import type { Workload } from "../e2e/harness/workload";

// Each change is killed some thirty times.
const TIMEOUT_MS = 3_600_000;
/** No change may keep clients from writing for so long, wherever it is cut off. */
const GAP_MS = 60_000;

const lab = new Lab();
const cluster = new Cluster(lab);
let clients: Workload;
let clusterId: string;

beforeAll(() => lab.boot());
afterAll(() => lab.down());

/** Brings a change up through every kill, and expects the one cluster, so large, as declared. */
async function survives(change: string, members: number, flags: readonly string[] = []): Promise<void> {
  const points = await killAtEveryPoint(lab, flags);
  process.stderr.write(killTable(change, points));
  // The serial chain at least, at each of its moments.
  const chain = points.filter(({ command }) => command.endsWith("-converge"));
  expect(chain.filter(({ isKilled }) => !isKilled)).toEqual([]);
  expect(chain.length).toBeGreaterThanOrEqual(3);
  await cluster.expectMembers(members);
  if (clusterId) {
    expect(await cluster.clusterId()).toBe(clusterId);
    // As a control plane does after each step of a CA rotation.
    await clients.refreshCredentials();
  }
  await cluster.expectAsDeclared();
  expect(await lab.mustUp()).toMatch(/Resources:\n +\d+ unchanged(\n|$)/);
}

test(
  "the first up",
  async () => {
    await lab.set(CLIENTS_MAY_REACH);
    await survives("first up", 3);
    clusterId = await cluster.clusterId();
    clients = await startClients(lab, { seconds: 9_000, rate: RATE_OF_A_MATRIX });
  },
  TIMEOUT_MS,
);

test.each<[string, number, () => Promise<void>]>([
  ["an upgrade", 3, () => lab.set({ etcdVersion: "3.5.33" })],
  ["a CA that is trusted as well", 3, () => lab.set({ "caTrusted[0]": "1", "caTrusted[1]": "2" })],
  ["a CA that signs", 3, () => lab.set({ caActive: "2" })],
  [
    "a CA that is trusted no longer",
    3,
    async () => {
      await lab.unset("caTrusted");
      await lab.set({ "caTrusted[0]": "2" });
    },
  ],
  ["growing to 5", 5, () => lab.set({ controllerCount: "5" })],
  ["shrinking to 3", 3, () => lab.set({ controllerCount: "3" })],
])(
  "%s",
  async (change, members, declare) => {
    await declare();
    await survives(change, members);
  },
  TIMEOUT_MS,
);

test.each<[string, boolean]>([
  ["a lost VM whose data disk is there", false],
  ["a lost VM with its data disk", true],
])(
  "%s",
  async (change, withDisk) => {
    await cluster.loseVm(await cluster.leader(controllers(3)), withDisk);
    await survives(change, 3, ["--refresh"]);
  },
  TIMEOUT_MS,
);

test("nothing that was acknowledged is lost", () =>
  expectNothingLost(clients, "killed at every point", GAP_MS));
