import { actions } from "./harness/actions";
import { SEED, setCluster, takeDown } from "./harness/cluster";
import { asTemplate, ETCD_ENV, type TestNode } from "./harness/node";
import { converge, expectFailure, expectSuccess, reasonsOf, runningNode } from "./harness/phases";
import { makeAuthority } from "./harness/pki";

/** When this phase succeeds the engine goes on with the next controller's VM, which it may stop. */

const KNOWN = "/mnt/disks/etcd/next-vm";
const UNHEALTHY = `https://${SEED[2].ip}:2379 is not healthy`;

let running: TestNode;
let node: TestNode;

beforeAll(() => {
  running = asTemplate(runningNode(makeAuthority().issue()));
});

beforeEach(() => {
  node = running.copy();
});

test("the first run writes down what the next VM is made of, whoever is unhealthy", () => {
  node.remove(KNOWN);
  takeDown(node, SEED[2].ip);
  expectSuccess(converge(node, { next: "a" }));
  expect(node.read(KNOWN)).toBe("a\n");
});

test("a next VM that stays as it is passes, whoever is unhealthy", () => {
  expect(node.read(KNOWN)).toBe("next\n");
  takeDown(node, SEED[2].ip);
  expectSuccess(converge(node));
});

describe("a next VM that changes", () => {
  const change = () => converge(node, { next: "changed" });

  function expectRefusal(reasons: readonly string[]): void {
    const run = change();
    expect(reasonsOf(run)).toEqual(reasons);
    expectFailure(run, "refused, nothing was changed on controller-0");
    expect(node.read(KNOWN)).toBe("next\n");
    expect(actions(node)).toEqual([]);
  }

  test("passes while all are healthy, and is written down", () => {
    expectSuccess(change());
    expect(node.read(KNOWN)).toBe("changed\n");
    expect(actions(node)).toEqual([]);
  });

  test("is refused while another member is not healthy, run after run, and passes once it is", () => {
    takeDown(node, SEED[2].ip);
    expectRefusal([UNHEALTHY]);
    expectRefusal([UNHEALTHY]);
    node.remove(`/fake/cluster/down@${SEED[2].ip}`);
    expectSuccess(change());
    expect(node.read(KNOWN)).toBe("changed\n");
  });

  test("is refused while a learner has not been promoted", () => {
    setCluster(node, [SEED[0], SEED[1], { ...SEED[2], isLearner: true }]);
    expectRefusal(["a learner has not been promoted yet"]);
  });

  test("is refused while an alarm is raised", () => {
    node.write("/fake/cluster/alarms", "memberID:1 alarm:CORRUPT\n");
    expectRefusal([expect.stringContaining("an alarm is raised")]);
  });

  test("is refused while this member waits for a majority: the next would be one more that is off", () => {
    node.write("/fake/etcd-state", "activating\n");
    const run = converge(node, { next: "changed" }, []);
    expect(reasonsOf(run)).toContain("this member is not healthy");
    expectFailure(run, "refused, nothing was changed on controller-0");
    expect(node.read(KNOWN)).toBe("next\n");
  });
});

test("a next VM that changes is not written down when this member's own restart does not succeed", () => {
  node.declare(`${ETCD_ENV}ETCD_PRE_VOTE=true\n`);
  node.write(`/fake/cluster/applied@${node.ip}`, "4000");
  expect(converge(node, { next: "changed" }).code).toBe(1);
  expect(node.read(KNOWN)).toBe("next\n");
});

test("this controller's own VM restarts no member", () => {
  expectSuccess(converge(node, { vm: "changed" }));
  expect(actions(node)).toEqual([]);
  expect(node.read(KNOWN)).toBe("next\n");
});
