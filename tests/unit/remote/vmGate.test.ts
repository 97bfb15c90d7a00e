import { vmGateScript } from "../../../components/vmChain";
import { actions } from "./harness/actions";
import { SEED, setCluster, takeDown } from "./harness/cluster";
import { asTemplate, type RunResult, type TestNode } from "./harness/node";
import { expectFailure, expectSuccess, LISTENING, reasonsOf, runningNode } from "./harness/phases";
import { makeAuthority } from "./harness/pki";

/** Before the first VM goes, another node is asked. The test's node is controller-0, so controller-1's VM goes. */

const KNOWN = "/mnt/disks/etcd/first-vm";

let running: TestNode;
let node: TestNode;

beforeAll(() => {
  running = asTemplate(runningNode(makeAuthority().issue()));
});

beforeEach(() => {
  node = running.copy();
});

function gate(vmMark = "new"): RunResult {
  const stdin = vmGateScript(SEED[1].name, vmMark);
  return node.run(["bash", "-s"], { stdin, listening: LISTENING });
}

function expectRefusal(code: string, reasons: readonly unknown[]): void {
  const run = gate();
  expect(reasonsOf(run)).toEqual(reasons);
  expectFailure(run, `vm-gate: ERROR ${code}: refused, no VM was touched`);
  expect(node.exists(KNOWN)).toBe(false);
  expect(actions(node)).toEqual([]);
}

test("passes while every other member is healthy, and writes down for which VM", () => {
  expectSuccess(gate());
  expect(node.read(KNOWN)).toBe("new\n");
  expect(actions(node)).toEqual([]);
});

test("passes while the member whose VM goes is the one that is down", () => {
  takeDown(node, SEED[1].ip);
  expectSuccess(gate());
});

test("refuses while another member is not healthy", () => {
  takeDown(node, SEED[2].ip);
  expectRefusal("MEMBER_UNHEALTHY", [`https://${SEED[2].ip}:2379 is not healthy`]);
});

test("refuses while a learner has not been promoted", () => {
  setCluster(node, [SEED[0], SEED[1], { ...SEED[2], isLearner: true }]);
  expectRefusal("JOIN_UNFINISHED", ["a learner has not been promoted yet"]);
});

test("refuses while an alarm is raised, but for a full database: larger disks may come before a larger quota", () => {
  node.write("/fake/cluster/alarms", "memberID:1 alarm:NOSPACE\nmemberID:2 alarm:CORRUPT\n");
  expectRefusal("ALARM_RAISED", [expect.stringMatching(/^an alarm is raised: memberID:2 alarm:CORRUPT/)]);
  node.write("/fake/cluster/alarms", "memberID:1 alarm:NOSPACE \n");
  expectSuccess(gate());
});

test.each(["/etc/etcd/node.env", "/etc/etcd"])("refuses on a VM that is new itself, without %s", (path) => {
  node.remove(path);
  expectFailure(
    gate(),
    "vm-gate: ERROR VM_CHANGE_UNFINISHED: this VM is new, and the 'pulumi up' that made it has not finished here, so no VM was touched. Set the settings of that run again",
  );
  expect(node.exists(KNOWN)).toBe(false);
});

test("looks once for each VM: run again for the same one, it passes whoever is unhealthy", () => {
  expectSuccess(gate());
  takeDown(node, SEED[2].ip);
  expectSuccess(gate());
  expectFailure(gate("newer"), "refused, no VM was touched");
});
