import { actions } from "./harness/actions";
import { asTemplate, ETCD_ENV, type TestNode } from "./harness/node";
import { converge, expectSuccess, runningNode } from "./harness/phases";
import { makeAuthority } from "./harness/pki";

/** What only people read restarts no member. */

const UNIT = "/var/lib/etcd-node/declared/etcd.service";

let running: TestNode;
let node: TestNode;

beforeAll(() => {
  running = asTemplate(runningNode(makeAuthority().issue()));
});

beforeEach(() => {
  node = running.copy();
});

describe("no restart", () => {
  test.each([
    ["a comment", `# what follows is declared\n${ETCD_ENV}`],
    ["an indented comment", `${ETCD_ENV}  # the end\n`],
    ["an empty line", `\n${ETCD_ENV}\n \t\n`],
  ])("for %s in the settings, which reach their place", (_what, etcdEnv) => {
    node.declare(etcdEnv);
    expectSuccess(converge(node));
    expect(actions(node)).toEqual([]);
    expect(node.read("/etc/etcd/etcd.env")).toBe(etcdEnv);
  });

  test("for a comment in the unit, which systemd reads again", () => {
    const unit = `# why\n\n${node.read(UNIT)}`;
    node.write(UNIT, unit);
    expectSuccess(converge(node));
    expect(node.calls(/^systemctl daemon-reload/)).toHaveLength(1);
    expect(actions(node)).toEqual([]);
    expect(node.read("/etc/systemd/system/etcd.service")).toBe(unit);
  });

  test("for a unit that a killed run has written, and systemd reads late; then it reads nothing again", () => {
    node.write("/fake/loaded-unit", "# before\n");
    expectSuccess(converge(node));
    expectSuccess(converge(node));
    expect(node.calls(/^systemctl daemon-reload/)).toHaveLength(1);
    expect(actions(node)).toEqual([]);
  });

  test("when a comment goes away again", () => {
    node.declare(`# for a while\n${ETCD_ENV}`);
    expectSuccess(converge(node));
    node.declare(ETCD_ENV);
    expectSuccess(converge(node));
    expect(actions(node)).toEqual([]);
  });
});

test.each([
  ["a setting that was a comment", `${ETCD_ENV}#ETCD_PRE_VOTE=true\n`, `${ETCD_ENV}ETCD_PRE_VOTE=true\n`],
  ["a value with a hash in it", `${ETCD_ENV}ETCD_NOTE=a#b\n`, `${ETCD_ENV}ETCD_NOTE=a#c\n`],
])("but one for %s", (_what, before, after) => {
  node.declare(before);
  expectSuccess(converge(node));
  node.forgetCalls();
  node.declare(after);
  expectSuccess(converge(node));
  expect(actions(node)).toEqual(["restart etcd", "etcd existing"]);
});
