import { actions } from "./harness/actions";
import { ADDED_ID, liveMembers, SEED, setCluster } from "./harness/cluster";
import { asTemplate, type TestNode } from "./harness/node";
import { converge, expectFailure, expectSuccess, OTHERS, reasonsOf } from "./harness/phases";
import { makeAuthority } from "./harness/pki";
import { setVersion, setVersions, upgradableNode } from "./harness/upgrade";

/** A node without data joins with a release that the cluster takes, and never as the first of a minor. */

const PROMOTED = `member promote ${ADDED_ID}`;
const FIRST =
  "no member runs etcd 3.6 yet, and a controller without data cannot introduce it; set etcdVersion 3.5.33, run 'pulumi up', then upgrade";

let lost: TestNode;
let node: TestNode;

beforeAll(() => {
  lost = asTemplate(upgradableNode(makeAuthority().issue(), "3.5.33", "3.6.14"));
  lost.write("/fake/etcd-state", "failed\n");
  lost.remove("/var/lib/etcd/member");
});

beforeEach(() => {
  node = lost.copy();
});

function expectRefusal(version: string, ...reasons: string[]): void {
  const before = liveMembers(node);
  const run = converge(node, { version });
  expect(reasonsOf(run)).toEqual(reasons);
  expectFailure(run, "refused, nothing was changed on controller-0");
  expect(liveMembers(node)).toBe(before);
  expect(actions(node)).toEqual([]);
}

test("it joins with the minor that the others run", () => {
  expectSuccess(converge(node, { version: "3.5.33" }));
  expect(actions(node)).toContain(PROMOTED);
});

test("it is not the first with a minor", () => {
  expectRefusal("3.6.14", FIRST);
});

test("nor when an earlier run has added it as a learner that has not started", () => {
  setCluster(node, [
    { ...SEED[0], name: "", id: ADDED_ID, hasStarted: false, isLearner: true },
    SEED[1],
    SEED[2],
  ]);
  expectRefusal("3.6.14", FIRST);
});

test.each(OTHERS)("it joins in the middle of an upgrade, when %s runs the new minor", (ip) => {
  setVersion(node, ip, "3.6.14", "3.5");
  expectSuccess(converge(node, { version: "3.6.14" }));
  expect(actions(node)).toContain(PROMOTED);
});

test("it does not join 3.7 while a member runs 3.6, which may send entries of 3.5", () => {
  const mixed = asTemplate(upgradableNode(makeAuthority().issue(), "3.6.14", "3.7.3"));
  mixed.write("/fake/etcd-state", "failed\n");
  mixed.remove("/var/lib/etcd/member");
  node = mixed.copy();
  setVersion(node, OTHERS[0] ?? "", "3.7.3", "3.6");
  expectRefusal(
    "3.7.3",
    "a member still runs etcd 3.6.14 and can send log entries that etcd 3.7 cannot read to a controller without data; set etcdVersion 3.6.14, run 'pulumi up', then upgrade",
  );
  setVersion(node, OTHERS[1] ?? "", "3.7.3", "3.6");
  expectSuccess(converge(node, { version: "3.7.3" }));
});

test("it joins with a newer patch of the minor that the others run", () => {
  setVersions(node, "3.5.32");
  expectSuccess(converge(node, { version: "3.5.33" }));
});

test("it does not join with a minor that the cluster has left", () => {
  setVersions(node, "3.6.14");
  expectRefusal(
    "3.5.33",
    "the cluster is at 3.6 and etcdVersion 3.5.33 is older: only a healthy member can begin to go back; set etcdVersion to the release that the others run, run 'pulumi up', then go back",
  );
});

test("it does not join with a minor that a member is too old for", () => {
  setVersion(node, OTHERS[0] ?? "", "3.5.20", "3.5");
  setVersion(node, OTHERS[1] ?? "", "3.6.14", "3.5");
  expectRefusal(
    "3.6.14",
    "https://10.240.0.11:2379 runs etcd 3.5.20, and 3.6 needs every member at 3.5.32 or later first; set etcdVersion 3.5.33",
  );
});
