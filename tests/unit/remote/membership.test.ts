import { actions } from "./harness/actions";
import {
  declaredMembers,
  liveMembers,
  type Member,
  memberLine,
  SEED,
  setCluster,
  takeDown,
} from "./harness/cluster";
import { asTemplate, type TestNode } from "./harness/node";
import {
  expectFailure,
  expectSuccess,
  LISTENING,
  membership,
  reasonsOf,
  runningNode,
} from "./harness/phases";
import { makeAuthority } from "./harness/pki";

const EXTRA = [
  { id: "c3", name: "controller-3", ip: "10.240.0.13" },
  { id: "c4", name: "controller-4", ip: "10.240.0.14" },
] as const satisfies readonly Member[];

const WITH_EXTRA = [...LISTENING, ...EXTRA.map(({ ip }) => ip)];

let running: TestNode;
let node: TestNode;

beforeAll(() => {
  running = asTemplate(runningNode(makeAuthority().issue()));
});

beforeEach(() => {
  node = running.copy();
});

const linesOf = (members: readonly Member[]) => members.map((member) => `${memberLine(member)}\n`).join("");

test("prints the list as etcdctl does and nothing else, and changes nothing", () => {
  const run = membership(node);
  expectSuccess(run);
  expect(run.stdout).toBe(linesOf(SEED));
  expect(actions(node)).toEqual([]);
});

test("prints only the list when it has removed a member as well", () => {
  setCluster(node, [...SEED, ...EXTRA], EXTRA[0].id);
  const run = membership(node, {}, WITH_EXTRA);
  expectSuccess(run);
  expect(run.stdout).toBe(linesOf(SEED));
});

test("a member with an odd name stops nothing: it is shown as such, and said", () => {
  setCluster(node, [SEED[0], SEED[1], { ...SEED[2], name: "x, y\r::stop-commands::z" }, EXTRA[0]]);
  const run = membership(node, {}, WITH_EXTRA);
  expectSuccess(run);
  expect(run.stdout).toBe(linesOf([SEED[0], SEED[1], { ...SEED[2], name: "not-plain" }]));
  expect(run.stderr).toContain("shown as 'not-plain': see MEMBER_LIST_INVALID");
});

test("a member whose version is not the declared one is named, and none removed", () => {
  setCluster(node, [...SEED, EXTRA[0]]);
  node.write("/fake/version", '{"etcdserver":"3.4.10","etcdcluster":"3.4.0"}');
  node.write(`/fake/version@${SEED[2].ip}`, '{"etcdserver":"3.4.9","etcdcluster":"3.4.0"}');
  expectFailure(
    membership(node),
    "declared is etcd 3.4.10, and these run another version: controller-2 3.4.9; run 'pulumi up --replace' of their converge command",
  );
  expect(actions(node)).toEqual([]);
});

describe("members that are no longer declared", () => {
  test("are removed, those that are declared are not", () => {
    setCluster(node, [...SEED, ...EXTRA]);
    expectSuccess(membership(node));
    expect(actions(node)).toEqual(["member remove c3", "member remove c4"]);
    expect(liveMembers(node)).toBe(linesOf(SEED));
  });

  test("go followers first; the leader hands leadership to a declared member", () => {
    setCluster(node, [...SEED, ...EXTRA], EXTRA[0].id);
    expectSuccess(membership(node, {}, WITH_EXTRA));
    expect(actions(node)).toEqual(["member remove c4", `move-leader ${SEED[0].id}`, "member remove c3"]);
    expect(node.calls(/move-leader/)).toEqual([
      expect.stringContaining("--endpoints=https://10.240.0.13:2379 "),
    ]);
  });

  test("hand leadership over also when they tell a client URL of odd characters", () => {
    setCluster(node, [...SEED, EXTRA[0]], EXTRA[0].id);
    const list = node.read("/fake/cluster/members");
    node.write("/fake/cluster/members", list.replace(`https://${EXTRA[0].ip}:2379`, "https://odd_host:2379"));
    expectSuccess(membership(node, {}, WITH_EXTRA));
    expect(actions(node)).toEqual([`move-leader ${SEED[0].id}`, "member remove c3"]);
  });

  test("are removed though they do not answer any more", () => {
    setCluster(node, [...SEED, EXTRA[0]]);
    takeDown(node, EXTRA[0].ip);
    expectSuccess(membership(node));
    expect(actions(node)).toEqual(["member remove c3"]);
  });

  test("whose address only begins with a declared one's are removed", () => {
    setCluster(node, [SEED[0], { id: "c3", name: "controller-3", ip: "10.240.0.1" }]);
    expectSuccess(membership(node, { members: declaredMembers(1) }, [SEED[0].ip]));
    expect(actions(node)).toEqual(["member remove c3"]);
  });
});

describe("one at a time:", () => {
  beforeEach(() => setCluster(node, [...SEED, ...EXTRA]));

  test("after a removal every declared member must be healthy again", () => {
    node.write("/fake/meanwhile", `touch /fake/cluster/down@${SEED[2].ip}`);
    const run = membership(node);
    expectFailure(run, "a declared member is not healthy; not removing controller-4");
    expect(actions(node)).toEqual(["member remove c3"]);
    expect(run.stdout).toBe("");
  });

  test("a removal that the cluster refuses is the last", () => {
    node.write("/fake/cluster/refuses-member-remove", "etcdserver: re-configuration failed");
    expectFailure(membership(node), "the cluster refused to remove controller-3");
    expect(actions(node)).toEqual(["member remove c3"]);
  });

  test("a run that was cut off is finished by the next one", () => {
    node.cutBefore("member remove c4");
    expect(membership(node).code).toBe(137);
    node.uncut();
    const run = membership(node);
    expectSuccess(run);
    expect(run.stdout).toBe(linesOf(SEED));
  });
});

describe("nothing is removed", () => {
  afterEach(() => {
    expect(actions(node).filter((action) => action.startsWith("member"))).toEqual([]);
    expect(liveMembers(node)).toContain("controller-4");
  });

  beforeEach(() => setCluster(node, [...SEED, ...EXTRA], EXTRA[1].id));

  test("while a declared member is not healthy", () => {
    takeDown(node, SEED[1].ip);
    const run = membership(node);
    expectFailure(
      run,
      "not healthy: controller-1; bring them back, or have them join again by 'pulumi up --replace' of their converge " +
        "command (docs/operate/replace-member.md)",
    );
    expect(run.stdout).toBe("");
  });

  test("while this node reaches no one else, which may be its own fault", () => {
    for (const { ip } of SEED.slice(1)) takeDown(node, ip);
    expectFailure(
      membership(node, {}, [SEED[0].ip]),
      "not healthy: controller-1 controller-2 (as seen from controller-0, which reaches no other member and may " +
        "itself be the unreachable one); bring them back",
    );
  });

  test("while the members disagree", () => {
    node.write(`/fake/cluster/members@${SEED[2].ip}`, linesOf(SEED));
    const run = membership(node);
    expect(reasonsOf(run)).toEqual(["the members do not agree on one member list"]);
    expectFailure(
      run,
      "ERROR MEMBERS_DISAGREE: refused, and no other member was removed, for the reasons above",
    );
  });

  test("while a member has a peer URL that this program does not read", () => {
    const line = "c3, started, x, https://[fd00::1]:2380, https://[fd00::1]:2379, false\n";
    node.write("/fake/cluster/members", node.read("/fake/cluster/members") + line);
    expectFailure(
      membership(node),
      "ERROR MEMBER_LIST_INVALID: refused, and no other member was removed, for the reasons above",
    );
  });

  test("when the leader that has to go does not hand over, which is named", () => {
    setCluster(node, [...SEED, EXTRA[1]], EXTRA[1].id);
    node.write("/fake/cluster/refuses-move-leader", "etcdserver: request timed out");
    const run = membership(node, {}, WITH_EXTRA);
    expectFailure(run, /controller-4 leads and could not hand leadership over; nothing was removed/);
    expect(run.stdout).toBe("");
  });
});
