import { CLIENTS_MAY_REACH, Cluster, controllers } from "../e2e/harness/cluster";
import { FAULTS, type Fault, repair } from "../e2e/harness/faults";
import { Lab } from "../e2e/harness/lab";
import { expectNothingLost, startClients } from "../e2e/harness/watched";
import type { Workload } from "../e2e/harness/workload";

const HOSTS = controllers(3);
/** Longest time without an acknowledged write while one of three members is in trouble: elections and time-outs. */
const SERVES_WITHIN_MS = 30_000;

const lab = new Lab();
const cluster = new Cluster(lab);
let clients: Workload;

beforeAll(async () => {
  await lab.boot();
  await lab.mustUp({ ...CLIENTS_MAY_REACH, etcdVersion: "3.5.33" });
  clients = await startClients(lab);
});
afterAll(() => lab.down());

/** Writes by way of a member that has no fault, until it is acknowledged. */
async function expectServing(host: string): Promise<void> {
  const begin = Date.now();
  for (;;) {
    const { status, output } = await lab.run("etcdctl", `@${host}`, "put", "served", String(begin));
    if (status === 0) return;
    if (Date.now() - begin > SERVES_WITHIN_MS) throw new Error(`${host} takes no writes:\n${output}`);
  }
}

/** Expects that the others serve, and that `verify` names the victim and accuses no one else. */
async function expectSurvivedAndTold(fault: Fault, victim: string): Promise<void> {
  const others = HOSTS.filter((host) => host !== victim);
  for (const host of others) await expectServing(host);
  const { status, output } = await lab.run("verify");
  process.stderr.write(`${fault.name}, ${victim}:\n${output}\n`);
  expect(status).toBe(1);
  expect(output).toMatch(new RegExp(`^${victim}: `, "m"));
  expect(output).not.toMatch(new RegExp(`^(${others.join("|")}): `, "m"));
}

// The leader is the worst one to meet with trouble.
describe("a cluster that no one changes", () => {
  test.each(FAULTS.map((fault) => [fault.name, fault] as const))(
    "survives its leader's %s, says so, and is whole afterwards",
    async (_name, fault: Fault) => {
      const victim = await cluster.leader(HOSTS);
      try {
        await fault.strike(lab, victim);
        await expectSurvivedAndTold(fault, victim);
      } catch (error) {
        // The next fault must not meet with what is left of this one.
        await fault.cease(lab, victim);
        throw error;
      }
      await repair(lab, victim, fault);
      await cluster.expectMembers(3);
      await cluster.expectAsDeclared();
    },
  );

  test("has lost nothing that was acknowledged", () => expectNothingLost(clients, "faults"));
});
