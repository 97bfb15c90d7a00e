import { actions, starts } from "./harness/actions";
import { ADDED_ID, liveMembers, memberLine, SEED, setCluster } from "./harness/cluster";
import { asTemplate, type TestNode } from "./harness/node";
import { converge, expectSuccess, runningNode } from "./harness/phases";
import { makeAuthority } from "./harness/pki";

let running: TestNode;
let node: TestNode;

beforeAll(() => {
  running = asTemplate(runningNode(makeAuthority().issue()));
  running.write("/fake/etcd-state", "failed\n");
});

beforeEach(() => {
  node = running.copy();
});

/** Everything is killed at the call, then the phase runs again. */
function cutAndRunAgain(call: string): void {
  node.cutBefore(call);
  expect(converge(node).code).toBe(137);
  node.uncut();
  expectSuccess(converge(node));
}

function expectJoinedOnce(): void {
  expect(liveMembers(node).trim().split("\n").sort()).toEqual(
    [memberLine({ ...SEED[0], id: ADDED_ID }), memberLine(SEED[1]), memberLine(SEED[2])].sort(),
  );
  expect(starts(node).map(({ state }) => state)).toEqual(["existing"]);
}

test.each([
  "member remove",
  "member add",
  "systemctl stop etcd",
  "systemctl show etcd --property UnitFileState",
  "systemctl start --no-block etcd",
  "member promote",
])("a join that is killed before `%s` is finished by the next run", (call) => {
  node.remove("/var/lib/etcd/member");
  cutAndRunAgain(call);
  expectJoinedOnce();
  expect(node.exists("/var/lib/etcd-node/start-permit.env")).toBe(false);
});

test("an interrupted join is resumed: its learner is neither removed nor added again", () => {
  node.remove("/var/lib/etcd/member");
  const learner = { id: ADDED_ID, name: "", ip: node.ip, hasStarted: false, isLearner: true };
  setCluster(node, [SEED[1], SEED[2], learner]);
  const { stderr, ...run } = converge(node);
  expectSuccess({ stderr, ...run });
  expect(stderr).toContain("continuing an interrupted join");
  expect(actions(node).filter((action) => /^member/.test(action))).toEqual([`member promote ${ADDED_ID}`]);
  expectJoinedOnce();
});

test("a join of a removed member that is killed before its old data is away is finished", () => {
  node.write("/var/lib/etcd/member/wal/old.wal", "old");
  setCluster(node, [SEED[1], SEED[2]]);
  cutAndRunAgain("systemctl stop etcd");
  expect(node.list("/var/lib/etcd/member/wal")).toEqual(["0.wal"]);
  expectJoinedOnce();
});
