import { SEED } from "./harness/cluster";
import { asTemplate, type TestNode } from "./harness/node";
import { converge, expectFailure, expectSuccess, OTHERS, reasonsOf } from "./harness/phases";
import { makeAuthority } from "./harness/pki";
import { expectUntouched, upgradableNode } from "./harness/upgrade";

/** Room on the data disk for copies of the database: for a new minor's checks, and for a join. */

const DISK = "/mnt/disks/etcd";
const OLDEST = `${DISK}/archive-20260101T000000Z`;
const NEWEST = `${DISK}/archive-20260201T000000Z`;
const HUGE = String(2 ** 50);
const DOES_NOT_SAY = "does not say how large its database is";

let running: TestNode;
let node: TestNode;

beforeAll(() => {
  running = asTemplate(upgradableNode(makeAuthority().issue(), "3.5.33", "3.6.14"));
});

beforeEach(() => {
  node = running.copy();
});

const upgrade = () => converge(node, { version: "3.6.14" });

function join() {
  node.write("/fake/etcd-state", "failed\n");
  node.remove("/var/lib/etcd/member");
  return converge(node, { version: "3.5.33" });
}

describe.each([
  ["a new minor", upgrade],
  ["a join", join],
])("before %s", (_what, run) => {
  test.each(OTHERS)("the largest database counts, also that of %s", (ip) => {
    node.write(`/fake/cluster/size@${ip}`, HUGE);
    expect(reasonsOf(run())).toEqual([
      expect.stringMatching(/^the data disk has \d+ MiB free, and .* 2147483\d+ MiB/),
    ]);
    expectUntouched(node);
  });

  test("a member that does not say its size is a reason against it", () => {
    node.write(`/fake/cluster/refuses-endpoint-status@${SEED[2].ip}`, "context deadline exceeded");
    const refused = run();
    expect(reasonsOf(refused).join()).toContain(`https://${SEED[2].ip}:2379 ${DOES_NOT_SAY}`);
    expectFailure(refused, "ERROR MEMBER_UNHEALTHY: refused, nothing was changed on controller-0");
    expectUntouched(node);
  });
});

test("where short, it is made of the program's own old archives and snapshots, the newest kept", () => {
  const byHand = [`${DISK}/archive-a-while-ago`, `${DISK}/snapshots/a-while-ago.db`];
  for (const path of [OLDEST, NEWEST, ...byHand.slice(0, 1)]) node.write(`${path}/db`, "");
  node.write(byHand[1] ?? "", "");
  // Two copies of 1 MiB, and 256 MiB that etcd needs.
  const df = `#!/bin/bash\nif [[ -e ${OLDEST} ]]; then echo 257; else echo 258; fi\n`;
  node.write("/fake/bin/df", df, 0o755);
  node.write("/fake/etcd-state", "failed\n");
  node.remove("/var/lib/etcd/member");
  const run = converge(node, { version: "3.5.33" });
  expectSuccess(run);
  expect(run.stderr).toContain(`removing ${OLDEST}`);
  expect([NEWEST, ...byHand].filter((path) => !node.exists(path))).toEqual([]);
});
