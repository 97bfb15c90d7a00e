import { actions } from "./harness/actions";
import { declaredMembers, type Member, memberLine, SEED, setCluster, takeDown } from "./harness/cluster";
import { asTemplate, ETCD_ENV, type TestNode } from "./harness/node";
import { converge, expectFailure, expectSuccess, OTHERS, reasonsOf, runningNode } from "./harness/phases";
import { makeAuthority } from "./harness/pki";

let running: TestNode;
let node: TestNode;

beforeAll(() => {
  running = asTemplate(runningNode(makeAuthority().issue()));
});

beforeEach(() => {
  node = running.copy();
});

describe("a restart is refused, with every reason and nothing changed,", () => {
  function expectRefusal(expected: string[], listening = OTHERS): string {
    const run = converge(node, {}, listening);
    expect(reasonsOf(run)).toEqual(expected);
    expectFailure(
      run,
      "refused, nothing was changed on controller-0, for the reasons above; fix them and run 'pulumi up' again",
    );
    expect(actions(node)).toEqual([]);
    expect(node.read("/etc/etcd/etcd.env")).toBe(ETCD_ENV);
    return run.stderr;
  }

  beforeEach(() => node.declare(`${ETCD_ENV}ETCD_PRE_VOTE=true\n`));

  test("when another member is not healthy", () => {
    takeDown(node, SEED[2].ip);
    expectRefusal(["https://10.240.0.12:2379 is not healthy"]);
  });

  test("when another member does not listen and this one is down as well", () => {
    node.write("/fake/etcd-state", "failed\n");
    takeDown(node, SEED[1].ip);
    expectRefusal(["https://10.240.0.11:2379 is not healthy"], [SEED[2].ip]);
  });

  test("when no one else answers", () => {
    // In the order of the member list, which etcd tells by ID, and the test's cluster does not.
    expectRefusal(["https://10.240.0.11:2379 is not healthy", "https://10.240.0.12:2379 is not healthy"], []);
  });

  test("when no one answers at all", () => {
    node.write("/fake/etcd-state", "failed\n");
    expect(expectRefusal(["the members do not agree on one member list"], [])).toContain(
      "seen: https://10.240.0.11:2379 not healthy; https://10.240.0.12:2379 not healthy; ",
    );
  });

  test("when the others disagree on who is a member", () => {
    node.write(`/fake/cluster/members@${SEED[2].ip}`, `${memberLine(SEED[0])}\n${memberLine(SEED[2])}\n`);
    expectRefusal(["the members do not agree on one member list"]);
  });

  test("when a learner is present", () => {
    const learner: Member = { id: "beef", name: "controller-3", ip: "10.240.0.13", isLearner: true };
    setCluster(node, [...SEED, learner]);
    expectRefusal(["a learner has not been promoted yet"], [...OTHERS, learner.ip]);
  });

  test("when a member has not started yet: it counts against the quorum", () => {
    setCluster(node, [SEED[0], SEED[1], { ...SEED[2], hasStarted: false }]);
    expectRefusal(["https://10.240.0.12:2379 is a member that has not started yet"]);
  });

  test("when a member that is not declared is not healthy", () => {
    setCluster(node, [...SEED, { id: "beef", name: "controller-3", ip: "10.240.0.13" }]);
    takeDown(node, "10.240.0.13");
    expectRefusal(["https://10.240.0.13:2379 is not healthy"]);
  });

  test("when an alarm is raised", () => {
    node.write("/fake/cluster/alarms", "memberID:4182374174542942513 alarm:NOSPACE \n");
    expectRefusal([
      "an alarm is raised: memberID:4182374174542942513 alarm:NOSPACE ; see docs/operate/troubleshooting.md",
    ]);
  });

  test("when an alarm is raised, though one member says nothing of alarms", () => {
    node.write("/fake/cluster/alarms", "memberID:1 alarm:CORRUPT\n");
    node.write(`/fake/cluster/refuses-alarm-list@${SEED[0].ip}`, "context deadline exceeded");
    expectRefusal(["an alarm is raised: memberID:1 alarm:CORRUPT; see docs/operate/troubleshooting.md"]);
  });

  test("when the members do not say whether an alarm is raised", () => {
    node.write("/fake/cluster/refuses-alarm-list", "etcdserver: request timed out");
    const run = converge(node);
    expect(actions(node)).toEqual([]);
    expect(reasonsOf(run)).toHaveLength(1);
  });

  test("for several reasons at once", () => {
    takeDown(node, SEED[2].ip);
    node.write("/fake/cluster/alarms", "memberID:1 alarm:CORRUPT\n");
    const said = expectRefusal([
      "https://10.240.0.12:2379 is not healthy",
      "an alarm is raised: memberID:1 alarm:CORRUPT; see docs/operate/troubleshooting.md",
    ]);
    const codes = [...said.matchAll(/(?:^ {2}-|ERROR) ([A-Z_]+): /gm)].map(([, code]) => code);
    expect(codes).toEqual(["MEMBER_UNHEALTHY", "ALARM_RAISED", "MEMBER_UNHEALTHY"]);
  });
});

describe("a restart is not refused", () => {
  beforeEach(() => node.declare(`${ETCD_ENV}ETCD_PRE_VOTE=true\n`));

  test("because a declared controller has yet to join", () => {
    expectSuccess(converge(node, { members: declaredMembers(5) }));
    expect(actions(node)).toEqual(["restart etcd", "etcd existing"]);
  });

  test("on a single member, which no one can stand in for", () => {
    setCluster(node, [SEED[0]], SEED[0].id);
    expectSuccess(converge(node, { members: declaredMembers(1) }, []));
    expect(actions(node)).toEqual(["restart etcd", "etcd existing"]);
  });
});
