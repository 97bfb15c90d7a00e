import { actions } from "./harness/actions";
import { declaredMembers, SEED, setCluster, takeDown } from "./harness/cluster";
import { asTemplate, ETCD_ENV, type TestNode } from "./harness/node";
import { bootstrap, converge, expectFailure, expectSuccess, OTHERS, runningNode } from "./harness/phases";
import { type Authority, makeAuthority } from "./harness/pki";

/** After everybody was off, members come up one after the other, and the first is not healthy before a majority is there. */

const WAITS = "this member is waiting for a quorum";

let authority: Authority;
let starting: TestNode;
let node: TestNode;

beforeAll(() => {
  authority = makeAuthority();
  starting = asTemplate(runningNode(authority.issue()));
  starting.write("/fake/etcd-state", "activating\n");
});

beforeEach(() => {
  node = starting.copy();
});

const isUp = () => node.write("/fake/meanwhile", "echo active >/fake/etcd-state");

describe("a starting member whose majority is off", () => {
  test.each([
    ["three", 3, []],
    ["five, with one other there,", 5, OTHERS.slice(0, 1)],
  ] as const)("of %s passes without waiting, and says so", (_size, size, others) => {
    isUp();
    const run = converge(node, { members: declaredMembers(size) }, others);
    expectSuccess(run);
    expect(run.stderr).toContain(WAITS);
    expect(actions(node)).toEqual([]);
    expect(node.exists("/fake/meanwhile")).toBe(true);
  });

  test("does not pass with settings that have changed: no one could judge a restart, nor come back to it", () => {
    node.declare(`${ETCD_ENV}ETCD_PRE_VOTE=true\n`);
    const run = converge(node, {}, []);
    expectFailure(run, "this member is waiting for a quorum and does not run the declared configuration");
    expect(run.stderr).toContain(
      "seen: https://10.240.0.11:2379 not healthy; https://10.240.0.12:2379 not healthy;",
    );
    expect(actions(node)).toEqual([]);
    expect(node.read("/etc/etcd/etcd.env")).toBe(ETCD_ENV);
  });

  test("takes fixed settings when etcd ends at each start with the old ones", () => {
    node.write("/fake/sub-state", "auto-restart\n");
    node.declare(`${ETCD_ENV}ETCD_PRE_VOTE=true\n`);
    const run = converge(node, {}, []);
    expectSuccess(run);
    expect(run.stderr).toContain("etcd stopped at each start; it starts with what is declared now");
    expect(node.read("/etc/etcd/etcd.env")).toContain("ETCD_PRE_VOTE=true");
    expect(actions(node)).toEqual(["start --no-block etcd", "etcd existing"]);
  });

  test("takes a renewed certificate with it", () => {
    const renewed = authority.issue();
    expectSuccess(bootstrap(node, renewed));
    expectSuccess(converge(node, {}, []));
    expect(node.read("/etc/etcd/kubernetes.pem")).toBe(renewed.cert);
  });

  test("passes though systemd takes it for started", () => {
    node.write("/fake/etcd-state", "active\n");
    node.write("/fake/cluster/refuses-endpoint-health", "etcdserver: no leader");
    const run = converge(node, {}, []);
    expectSuccess(run);
    expect(run.stderr).toContain(WAITS);
  });
});

describe("a starting member whose majority is there", () => {
  test.each([
    ["one other", OTHERS.slice(0, 1)],
    ["both others", OTHERS],
  ])("with %s is waited for", (_who, others) => {
    isUp();
    const run = converge(node, {}, others);
    expectSuccess(run);
    expect(run.stderr).not.toContain(WAITS);
    expect(node.exists("/fake/meanwhile")).toBe(false);
  });

  test("fails when it does not come up", () => {
    expectFailure(converge(node), "the member is not healthy; nothing after it was touched.");
    expect(actions(node)).toEqual([]);
  });

  test("is the only one of one, and waited for", () => {
    isUp();
    setCluster(node, [SEED[0]], SEED[0].id);
    expectSuccess(converge(node, { members: declaredMembers(1) }, []));
    expect(node.exists("/fake/meanwhile")).toBe(false);
  });
});

test("a member that is down is not taken for one that waits, though the majority is off", () => {
  node.write("/fake/etcd-state", "failed\n");
  const run = converge(node, {}, []);
  expectFailure(run, "refused, nothing was changed on controller-0");
  expect(run.stderr).not.toContain(WAITS);
});

test.each([
  "panic: tocommit(458) is out of range [lastIndex(3)]. Was the raft log corrupted, truncated, or lost?",
  '{"level":"fatal","msg":"failed to read WAL, cannot be repaired","error":"wal: crc mismatch"}',
  '{"level":"panic","msg":"failed to recover v3 backend from snapshot","error":"failed to find database snapshot file"}',
])("etcd that ends on its data is told apart, with the way back: %s", (line) => {
  node.write("/fake/journal", `${line}\n`);
  node.write("/fake/sub-state", "auto-restart\n");
  expectFailure(
    converge(node),
    /etcd cannot start on its own data on controller-0; .* --replace '\*\*::member-0-converge'/,
  );
});

test.each([
  ["the only member", 1, [SEED[0]], SEED[0].id],
  ["a member beside others without a quorum", 3, SEED, SEED[1].id],
] as const)("%s is not told to move its data aside", (_what, count, members, leader) => {
  setCluster(node, members, leader);
  for (const { ip } of SEED.slice(1)) takeDown(node, ip);
  node.write("/fake/journal", "panic: tocommit(458) is out of range [lastIndex(3)]\n");
  node.write("/fake/sub-state", "auto-restart\n");
  const run = converge(node, { members: declaredMembers(count) }, count === 1 ? [] : OTHERS);
  expectFailure(run, /ERROR DATA_UNREADABLE: .* may be the only copy.* docs\/operate\/restore\.md/);
  expect(run.stderr).not.toContain("sudo mv");
});
