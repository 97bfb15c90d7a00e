import { actions } from "./harness/actions";
import { ADDED_ID, liveMembers, memberLine, SEED, setCluster } from "./harness/cluster";
import { asTemplate, ETCD_ENV, type TestNode } from "./harness/node";
import { converge, expectSuccess, LISTENING, membership, runningNode } from "./harness/phases";
import { makeAuthority } from "./harness/pki";

// A call that has gone through, and whose answer was lost, is a call that has gone through.

let running: TestNode;
let node: TestNode;

beforeAll(() => {
  running = asTemplate(runningNode(makeAuthority().issue()));
});

beforeEach(() => {
  node = running.copy();
});

const lose = (verb: string) => node.write(`/fake/cluster/loses-answer-${verb}`, "");

test.each([
  ["member-remove", `member remove ${SEED[0].id}`],
  ["member-add", "member add controller-0"],
  ["member-promote", `member promote ${ADDED_ID}`],
  ["snapshot-save", undefined],
])("a join goes on after the lost answer to %s, at once", (verb, call) => {
  node.write("/fake/etcd-state", "failed\n");
  node.remove("/var/lib/etcd/member");
  lose(verb);
  expectSuccess(converge(node));
  if (call) expect(actions(node).filter((action) => action === call)).toHaveLength(1);
  expect(liveMembers(node)).toContain(memberLine({ ...SEED[0], id: ADDED_ID }));
});

test("a restart goes on after the lost answer to the hand-over", () => {
  setCluster(node, SEED, SEED[0].id);
  node.declare(`${ETCD_ENV}ETCD_PRE_VOTE=true\n`);
  lose("move-leader");
  expectSuccess(converge(node));
  expect(actions(node)).toEqual([`move-leader ${SEED[1].id}`, "restart etcd", "etcd existing"]);
});

describe("the last phase", () => {
  const EXTRA = { id: "c3", name: "controller-3", ip: "10.240.0.13" } as const;
  const all = [...LISTENING, EXTRA.ip];

  test.each(["member-remove", "move-leader"])("goes on after the lost answer to %s", (verb) => {
    setCluster(node, [...SEED, EXTRA], EXTRA.id);
    lose(verb);
    const run = membership(node, {}, all);
    expectSuccess(run);
    expect(run.stdout).toBe(SEED.map((member) => `${memberLine(member)}\n`).join(""));
    expect(actions(node)).toEqual([`move-leader ${SEED[0].id}`, "member remove c3"]);
  });
});
