import { truncateSync } from "node:fs";
import { actions } from "./harness/actions";
import { ADDED_ID, SEED } from "./harness/cluster";
import { asTemplate, ETCD_ENV, type TestNode } from "./harness/node";
import {
  converge,
  expectFailure,
  expectSuccess,
  membership,
  OTHERS,
  reasonsOf,
  runningNode,
} from "./harness/phases";
import { makeAuthority } from "./harness/pki";

const MIB = 2 ** 20;
const NOSPACE = "memberID:1 alarm:NOSPACE \nmemberID:2 alarm:NOSPACE \n";
const quota = (mib: number) => `${ETCD_ENV}ETCD_QUOTA_BACKEND_BYTES=${mib * MIB}\n`;

let running: TestNode;
let node: TestNode;

beforeAll(() => {
  running = runningNode(makeAuthority().issue());
  running.declare(quota(64));
  expectSuccess(converge(running));
  asTemplate(running).forgetCalls();
});

beforeEach(() => {
  node = running.copy();
});

const raise = (alarms: string) => node.write("/fake/cluster/alarms", alarms);
const setSizes = (mib: number) => {
  for (const { ip } of SEED) node.write(`/fake/cluster/size@${ip}`, String(mib * MIB));
};

/** From 3.5 on, `endpoint health` fails for an alarm. */
function sayUnhealthy(alarms: string): void {
  node.write("/fake/cluster/refuses-endpoint-health", `unhealthy cluster, Active Alarm(s): ${alarms} `);
}

describe("while the database is full", () => {
  beforeEach(() => {
    raise(NOSPACE);
    sayUnhealthy("NOSPACE NOSPACE");
  });

  test("a member restarts for a larger quota, again after a run that was cut off", () => {
    node.declare(quota(128));
    node.cutBefore("systemctl reset-failed");
    expect(converge(node).code).not.toBe(0);
    node.uncut();
    node.write("/etc/etcd/etcd.env", quota(64));
    expectSuccess(converge(node));
    expect(actions(node)).toEqual(["restart etcd", "etcd existing"]);
  });

  test.each([
    ["a smaller one", quota(63)],
    ["a larger one and another setting", `${quota(128)}ETCD_PRE_VOTE=true\n`],
    ["another setting", `${quota(64)}ETCD_PRE_VOTE=true\n`],
  ])("a member does not restart for %s", (_what, env) => {
    node.declare(env);
    const run = converge(node);
    expectFailure(run, "refused, nothing was changed on controller-0");
    expect(reasonsOf(run)).toEqual([expect.stringContaining("alarm:NOSPACE")]);
    expect(actions(node)).toEqual([]);
  });

  test("another alarm keeps it from restarting for a larger quota as well", () => {
    raise(`${NOSPACE}memberID:3 alarm:CORRUPT\n`);
    sayUnhealthy("NOSPACE CORRUPT");
    node.declare(quota(128));
    const run = converge(node);
    expect(reasonsOf(run).join()).toMatch(/alarm is raised: memberID:3 alarm:CORRUPT;/);
    expect(actions(node)).toEqual([]);
  });

  test("the last phase clears the alarm once every member has room, be the answer lost", () => {
    setSizes(60);
    node.declare(quota(128));
    node.write("/fake/cluster/loses-answer-alarm-disarm", "");
    node.remove("/fake/cluster/refuses-endpoint-health");
    expectSuccess(membership(node));
    expect(node.exists("/fake/cluster/alarms")).toBe(false);
  });

  test("the last phase names who has no room, and clears nothing", () => {
    setSizes(60);
    node.write(`/fake/cluster/size@${SEED[1].ip}`, String(127 * MIB));
    node.declare(quota(128));
    expectFailure(
      membership(node),
      "etcd accepts no writes: the alarm NOSPACE is raised, and there is no space in the database of controller-1 (127 of 128 MiB)",
    );
    expect(node.exists("/fake/cluster/alarms")).toBe(true);
  });

  test("the last phase clears no other alarm", () => {
    raise(`${NOSPACE}memberID:3 alarm:CORRUPT\n`);
    node.remove("/fake/cluster/refuses-endpoint-health");
    expectFailure(membership(node), "alarm:CORRUPT; see docs/operate/troubleshooting.md. It is not cleared");
    expect(node.exists("/fake/cluster/alarms")).toBe(true);
  });
});

describe("an alarm that is not of a full database is named as such, though members count as not healthy for it,", () => {
  const NAMED =
    /ERROR ALARM_RAISED: an alarm is raised: memberID:3 alarm:CORRUPT; .*\. It is not cleared by itself$/;

  beforeEach(() => {
    raise("memberID:3 alarm:CORRUPT\n");
    sayUnhealthy("CORRUPT");
  });

  test("by converge, where nothing has changed", () => {
    expectFailure(converge(node), NAMED);
    expect(actions(node)).toEqual([]);
  });

  test("by a join", () => {
    node.write("/fake/etcd-state", "failed\n");
    node.remove("/var/lib/etcd/member");
    expectFailure(converge(node), NAMED);
    expect(actions(node)).toEqual([]);
  });

  test("by the last phase", () => {
    expectFailure(membership(node), NAMED);
  });

  test("and while the database is full as well", () => {
    raise(`${NOSPACE}memberID:3 alarm:CORRUPT\n`);
    sayUnhealthy("NOSPACE CORRUPT");
    expectFailure(membership(node), NAMED);
  });
});

describe("a quota below what the database has is refused, and nothing changed,", () => {
  const loseData = () => {
    node.write("/fake/etcd-state", "failed\n");
    node.remove("/var/lib/etcd/member");
  };

  beforeEach(() => {
    setSizes(65);
    raise("");
    node.declare(quota(128));
    expectSuccess(converge(node));
    node.forgetCalls();
    node.declare(quota(64));
  });

  const CASES: readonly [where: string, arrange: () => void, listening: readonly string[]][] = [
    ["on a member that runs", () => undefined, OTHERS],
    [
      "on a member whose etcd is off",
      () => {
        node.write("/fake/etcd-state", "failed\n");
        truncateSync(node.at("/var/lib/etcd/member/snap/db"), 65 * MIB);
      },
      OTHERS,
    ],
    [
      "on a member whose etcd stops at each start, while the others are off",
      () => {
        node.write("/fake/etcd-state", "activating\n");
        node.write("/fake/sub-state", "auto-restart\n");
        truncateSync(node.at("/var/lib/etcd/member/snap/db"), 65 * MIB);
      },
      [],
    ],
    ["on a controller that has lost its data", loseData, OTHERS],
    [
      "on a new VM",
      () => {
        loseData();
        node.remove("/etc/etcd/etcd.env");
      },
      OTHERS,
    ],
  ];
  test.each(CASES)("%s", (_where, arrange, listening) => {
    arrange();
    const run = converge(node, {}, listening);
    expect(reasonsOf(run)).toEqual([
      expect.stringMatching(/^the database has 65 MiB, and quotaBackendBytes 67108864 is 64 MiB/),
    ]);
    expectFailure(run, "ERROR QUOTA_TOO_SMALL: refused, nothing was changed on controller-0");
    expect(actions(node)).toEqual([]);
  });

  test.each(["kept", "new"])("but while the database is full, a %s VM joins with the same quota", (vm) => {
    node.declare(quota(128));
    setSizes(128);
    raise(NOSPACE);
    loseData();
    if (vm === "new") node.remove("/etc/etcd/etcd.env");
    expectSuccess(converge(node));
    expect(actions(node)).toContain(`member promote ${ADDED_ID}`);
  });
});
