import { CLIENTS_MAY_REACH, Cluster } from "../e2e/harness/cluster";
import { type Change, meetEveryFault, presentControllers } from "../e2e/harness/faultMatrix";
import { FAULTS, type Fault } from "../e2e/harness/faults";
import { Lab } from "../e2e/harness/lab";
import { expectNothingLost, RATE_OF_A_MATRIX, startClients } from "../e2e/harness/watched";
import type { Workload } from "../e2e/harness/workload";

// Each change meets with each fault.
const TIMEOUT_MS = 3_600_000;
const LADDER = ["3.4.23", "3.5.33", "3.6.14"];

const lab = new Lab();
const cluster = new Cluster(lab);
let clients: Workload;
let clusterId: string;

beforeAll(async () => {
  await lab.boot();
  // A dead host is given up soon.
  await lab.mustUp({ ...CLIENTS_MAY_REACH, sshDialErrorLimit: "3" });
  clusterId = await cluster.clusterId();
  clients = await startClients(lab, { seconds: 14_000, rate: RATE_OF_A_MATRIX });
});
afterAll(() => lab.down());

async function leavesAreDue(): Promise<string> {
  await lab.leavesEndIn(20);
  return "leaf certificates due";
}

/** The three steps from CA n to CA n + 1, again and again. */
async function nextCaStep(round: number): Promise<string> {
  const [old, next] = [Math.floor(round / 3) + 1, Math.floor(round / 3) + 2].map(String) as [string, string];
  await clients.refreshCredentials();
  if (round % 3 === 0) return declare({ "caTrusted[0]": old, "caTrusted[1]": next, caActive: old });
  if (round % 3 === 1) return declare({ caActive: next });
  await lab.unset("caTrusted");
  return declare({ "caTrusted[0]": next });
}

async function loseVm(round: number, fault: Fault): Promise<string> {
  const host = `controller-${round % 3}`;
  const withData = round % 2 !== 0 && !fault.takesData;
  await cluster.loseVm(host, withData);
  return `${host} deleted${withData ? " with its data disk" : ""}`;
}

function quota(round: number): Promise<string> {
  return declare({ quotaBackendBytes: String(2_147_483_648 + (round + 1) * 1_048_576) });
}

async function declare(settings: Record<string, string>): Promise<string> {
  await lab.set(settings);
  return Object.entries(settings)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}

const CHANGES: readonly Change[] = [
  { name: "configuration", declare: quota },
  {
    name: "upgrade",
    // Above the last release there is only a restart left.
    declare: (round) => {
      const etcdVersion = LADDER[round];
      return etcdVersion ? declare({ etcdVersion }) : quota(100 + round);
    },
  },
  { name: "renewal", declare: leavesAreDue },
  { name: "CA rotation", declare: nextCaStep },
  {
    name: "growing and shrinking",
    declare: (round) => declare({ controllerCount: round % 2 === 0 ? "5" : "3" }),
  },
  { name: "lost VM", declare: loseVm, takesData: true, flags: ["--refresh"] },
];

test.each(CHANGES.map((change) => [change.name, change] as const))(
  "%s meets with every fault, and ends as declared",
  async (_name, change) => {
    const encounters = await meetEveryFault(lab, change, () => presentControllers(lab));
    expect(encounters.map(({ fault }) => fault)).toEqual(FAULTS.map(({ name }) => name));
    await lab.mustUp({}, ...(change.flags ?? []));
    await cluster.expectMembers((await presentControllers(lab)).length);
    expect(await cluster.clusterId()).toBe(clusterId);
    await cluster.expectAsDeclared();
  },
  TIMEOUT_MS,
);

test("nothing that was acknowledged is lost", () => expectNothingLost(clients, "faults during changes"));
