import { statSync } from "node:fs";
import { actions, starts } from "./harness/actions";
import {
  ADDED_ID,
  declaredMembers,
  liveMembers,
  memberLine,
  SEED,
  setCluster,
  takeDown,
} from "./harness/cluster";
import { asTemplate, type TestNode } from "./harness/node";
import { converge, expectFailure, expectSuccess, OTHERS, runningNode } from "./harness/phases";
import { makeAuthority } from "./harness/pki";

/** Each `stop` is before the data is moved away, which an interrupted join does where this one did. */
const JOINED = [
  `member remove ${SEED[0].id}`,
  "stop etcd",
  "member add controller-0",
  "stop etcd",
  "start --no-block etcd",
  "etcd existing",
  `member promote ${ADDED_ID}`,
];

let lost: TestNode;
let node: TestNode;

beforeAll(() => {
  lost = asTemplate(runningNode(makeAuthority().issue()));
  lost.write("/fake/etcd-state", "failed\n");
  lost.remove("/var/lib/etcd/member");
});

beforeEach(() => {
  node = lost.copy();
});

afterEach(() => expect(starts(node).filter(({ state }) => state !== "existing")).toEqual([]));

describe("a member whose data is lost", () => {
  test("is removed, and joins as a learner that is promoted", () => {
    expectSuccess(converge(node));
    expect(actions(node)).toEqual(JOINED);
    expect(node.calls(/ member add /)).toEqual([
      expect.stringMatching(/ member add controller-0 --peer-urls=https:\/\/10\.240\.0\.10:2380 --learner$/),
    ]);
    expect(liveMembers(node).trim().split("\n").sort()).toEqual(
      [memberLine({ ...SEED[0], id: ADDED_ID }), memberLine(SEED[1]), memberLine(SEED[2])].sort(),
    );
  });

  test("starts with exactly the members that the cluster has, itself included", () => {
    setCluster(node, [SEED[0], SEED[1]]);
    expectSuccess(converge(node, { members: declaredMembers(5) }, [SEED[1].ip]));
    expect(starts(node).map(({ initialCluster }) => initialCluster.split(",").sort())).toEqual([
      declaredMembers(2).split(",").sort(),
    ]);
  });

  // systemd takes a carriage return in the permit for a line's end: root on this node at etcd's next start.
  test.each([
    ["a carriage return", "controller-2=https://10.240.0.12:2380\rBASH_ENV=$(touch /tmp/pwned)\rZ"],
    ["a comma", "controller-2, https://10.240.0.12:2380"],
  ])("joins, be there a member that has a name with %s, which is written nowhere", (_what, name) => {
    setCluster(node, [SEED[0], SEED[1], { ...SEED[2], name }]);
    expectSuccess(converge(node));
    expect(starts(node).map(({ initialCluster }) => initialCluster.split(",").sort())).toEqual([
      declaredMembers(3).split(",").sort(),
    ]);
  });

  test("is not removed when the cluster does not know it: it only joins", () => {
    setCluster(node, [SEED[1], SEED[2]]);
    // Which keeps no one from joining, and a larger quota waits for the member.
    node.write("/fake/cluster/alarms", "memberID:1 alarm:NOSPACE\n");
    expectSuccess(converge(node));
    expect(actions(node)).not.toContain(`member remove ${SEED[0].id}`);
    expect(actions(node)).toContain(`member promote ${ADDED_ID}`);
  });

  test("has the rest of its data archived, not deleted", () => {
    node.write("/var/lib/etcd/member/snap/db", "some of it");
    const { ino } = statSync(node.at("/var/lib/etcd/member"));
    expectSuccess(converge(node));
    const archives = node.list("/mnt/disks/etcd").filter((name) => name.startsWith("archive-"));
    expect(archives.map((name) => node.read(`/mnt/disks/etcd/${name}/member/snap/db`))).toEqual([
      "some of it",
    ]);
    // Renamed on the disk: a copy over the bind mount could be cut off half-way.
    expect(archives.map((name) => statSync(node.at(`/mnt/disks/etcd/${name}/member`)).ino)).toEqual([ino]);
  });

  test("drops older archives of the program alone, and never the newest", () => {
    node.write("/var/lib/etcd/member/snap/db", "some of it");
    const byHand = ["archive-of-the-old-cluster", "archive-2025-before-the-move"];
    for (const name of ["archive-20260101T000000Z", ...byHand]) node.write(`/mnt/disks/etcd/${name}/db`, "");
    expectSuccess(converge(node));
    expect(node.list("/mnt/disks/etcd").filter((name) => name.startsWith("archive-"))).toEqual([
      "archive-2025-before-the-move",
      expect.stringMatching(/^archive-\d{8}T\d{6}Z$/),
      "archive-of-the-old-cluster",
    ]);
    expect(node.exists("/mnt/disks/etcd/archive-20260101T000000Z")).toBe(false);
  });

  test("waits while the cluster does not take a new learner yet", () => {
    node.write("/fake/cluster/refuses-member-add", "etcdserver: unhealthy cluster");
    node.write("/fake/meanwhile", "rm /fake/cluster/refuses-member-add");
    expectSuccess(converge(node));
    expect(actions(node).filter((action) => action.startsWith("member add"))).toHaveLength(2);
  });
});

test("a member that the cluster removed while it was down joins again; its old data is archived", () => {
  node.write("/var/lib/etcd/member/wal/old.wal", "old");
  setCluster(node, [SEED[1], SEED[2]]);
  expectSuccess(converge(node));
  expect(actions(node)).toContain(`member promote ${ADDED_ID}`);
  expect(node.list("/var/lib/etcd/member/wal")).toEqual(["0.wal"]);
});

describe("the learner", () => {
  test("is not promoted before it has caught up", () => {
    node.write(`/fake/cluster/applied@${node.ip}`, "4000");
    expectFailure(
      converge(node),
      "the learner does not catch up; it stays a learner, quorum is not affected. Run 'pulumi up' again",
    );
    expect(actions(node).filter((action) => action.startsWith("member promote"))).toEqual([]);
    expect(node.calls(/^journalctl --unit etcd/)).toHaveLength(1);
  });

  test("is promoted once it is close enough to the leader", () => {
    node.write(`/fake/cluster/applied@${node.ip}`, "4001");
    expectSuccess(converge(node));
    expect(actions(node)).toContain(`member promote ${ADDED_ID}`);
  });

  test("is promoted by the next run when this one gave up", () => {
    node.write(
      "/fake/cluster/refuses-member-promote",
      "etcdserver: can only promote a learner member which is in sync with leader",
    );
    expectFailure(converge(node), "the cluster refused to promote the learner; run 'pulumi up' again");
    node.remove("/fake/cluster/refuses-member-promote");
    node.forgetCalls();
    expectSuccess(converge(node));
    expect(actions(node)).toEqual([`member promote ${ADDED_ID}`]);
  });

  test("is started by the next run when it is down", () => {
    setCluster(node, [{ ...SEED[0], id: ADDED_ID, isLearner: true }, SEED[1], SEED[2]]);
    node.write("/var/lib/etcd/member/wal/0.wal", "");
    expectSuccess(converge(node));
    expect(actions(node)).toEqual(["start --no-block etcd", "etcd existing", `member promote ${ADDED_ID}`]);
  });

  test("whose data is lost after it had started is not resumed but replaced", () => {
    setCluster(node, [{ ...SEED[0], id: "beef", isLearner: true }, SEED[1], SEED[2]]);
    expectSuccess(converge(node));
    expect(actions(node)).toContain("member remove beef");
    expect(actions(node)).toContain(`member promote ${ADDED_ID}`);
  });
});

describe("a join is refused, and the membership stays as it was,", () => {
  let before: string;

  function expectRefusal(message: string, listening = OTHERS): string {
    before = liveMembers(node);
    const run = converge(node, {}, listening);
    expectFailure(run, message);
    expect(liveMembers(node)).toBe(before);
    expect(actions(node)).toEqual([]);
    expect(node.exists("/var/lib/etcd-node/start-permit.env")).toBe(false);
    return run.stderr;
  }

  const NO_QUORUM =
    "no data on controller-0 and no healthy quorum to join; nothing was changed. Bring the other members back, " +
    "or restore a snapshot on all (docs/operate/restore.md); a new empty cluster is never started";

  const REFUSED = "refused, nothing was changed on controller-0, for the reasons above";

  test("without a quorum, naming what was seen", () => {
    takeDown(node, SEED[1].ip);
    takeDown(node, SEED[2].ip);
    expect(expectRefusal(NO_QUORUM, [])).toContain(
      "seen: https://10.240.0.11:2379 not healthy; https://10.240.0.12:2379 not healthy; ",
    );
  });

  test("when the members answer but are without a quorum", () => {
    node.write("/fake/cluster/refuses-endpoint-health", "context deadline exceeded");
    expectRefusal(NO_QUORUM);
  });

  test("when the members disagree on who is a member", () => {
    node.write(`/fake/cluster/members@${SEED[2].ip}`, `${memberLine(SEED[2])}\n`);
    expect(expectRefusal(`ERROR MEMBERS_DISAGREE: ${REFUSED}`)).toContain(
      "members disagree on the member list",
    );
  });

  test("when a member has a peer URL of odd characters", () => {
    const list = node.read("/fake/cluster/members");
    node.write("/fake/cluster/members", list.replace(`https://${SEED[2].ip}:2380`, "https://odd_host:2380"));
    expect(expectRefusal(`ERROR MEMBER_LIST_INVALID: ${REFUSED}`)).toContain("is not of etcd's shape");
  });

  test("when another member is not healthy", () => {
    takeDown(node, SEED[2].ip);
    expect(expectRefusal("refused")).toContain(
      "  - MEMBER_UNHEALTHY: https://10.240.0.12:2379 is a member and not healthy\n",
    );
  });

  test("when an alarm is raised, other than that of a full database", () => {
    node.write("/fake/cluster/alarms", "memberID:1 alarm:NOSPACE\nmemberID:2 alarm:CORRUPT\n");
    expect(expectRefusal("refused")).toContain(
      "  - ALARM_RAISED: an alarm is raised: memberID:2 alarm:CORRUPT;",
    );
  });

  test("when another learner is present", () => {
    setCluster(node, [...SEED, { id: "beef", name: "controller-3", ip: "10.240.0.13", isLearner: true }]);
    expectRefusal("another learner, controller-3, has not been promoted; run 'pulumi up' again when it has");
  });

  test("when the data disk is not mounted", () => {
    node.write("/fake/not-mounted", "");
    expectRefusal("not on the data disk");
  });
});
