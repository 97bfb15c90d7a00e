import { actions } from "./harness/actions";
import { liveMembers, SEED } from "./harness/cluster";
import { asTemplate, ETCD_ENV, type TestNode } from "./harness/node";
import { converge, expectFailure, expectSuccess, runningNode, VERSION } from "./harness/phases";
import { makeAuthority } from "./harness/pki";
import { installRelease } from "./harness/release";
import { setVersions } from "./harness/upgrade";

const SNAPSHOTS = "/mnt/disks/etcd/snapshots";
const SAVE = /etcdctl .* snapshot save /;
const OTHER_MINOR = "3.5.33";
const CUT_OFF = "20511";

let running: TestNode;
let node: TestNode;

beforeAll(() => {
  running = asTemplate(runningNode(makeAuthority().issue()));
  setVersions(running, VERSION);
  for (const version of [OTHER_MINOR, "3.4.27"]) installRelease(running, version);
});

beforeEach(() => {
  node = running.copy();
});

const upgrade = (version = OTHER_MINOR) => converge(node, { version });

/** The calls of etcdctl that save a snapshot, and what was done, in their order. */
const deeds = () =>
  node.calls().flatMap((call) => {
    if (SAVE.test(call)) return [`snapshot of ${/--endpoints=https:\/\/([\d.]+):/.exec(call)?.[1]}`];
    const deed = /^systemctl (restart) etcd|(member remove)/.exec(call);
    return deed ? [deed[1] ?? deed[2]] : [];
  });

function loseData(): void {
  node.write("/fake/etcd-state", "failed\n");
  node.remove("/var/lib/etcd/member");
}

describe("a snapshot is saved", () => {
  test("of this member before it changes its minor", () => {
    expectSuccess(upgrade());
    expect(deeds()).toEqual(["snapshot of 127.0.0.1", "restart"]);
    expect(node.list(SNAPSHOTS)).toEqual([expect.stringMatching(/^\d{8}T\d{6}Z\.db$/)]);
    expect(node.permissions(SNAPSHOTS)).toBe("0700 root:root");
  });

  test("of a healthy member before a lost one is removed", () => {
    loseData();
    expectSuccess(converge(node));
    expect(deeds()).toEqual([`snapshot of ${SEED[1].ip}`, "member remove"]);
    expect(node.list(SNAPSHOTS)).toHaveLength(1);
  });

  test("on the data disk, with time for a large one and through one member alone", () => {
    expectSuccess(upgrade());
    expect(node.calls(SAVE)).toEqual([
      expect.stringMatching(
        /--command-timeout=3600s --endpoints=https:\/\/127\.0\.0\.1:2379 snapshot save \/mnt\/disks\/etcd\/snapshots\//,
      ),
    ]);
  });
});

describe("no snapshot is saved", () => {
  afterEach(() => {
    expect(node.calls(SAVE)).toEqual([]);
    expect(node.exists(SNAPSHOTS)).toBe(false);
  });

  test("before a patch of the same minor", () => {
    expectSuccess(upgrade("3.4.27"));
    expect(deeds()).toEqual(["restart"]);
  });

  test("before a restart for other settings", () => {
    node.declare(`${ETCD_ENV}ETCD_PRE_VOTE=true\n`);
    expectSuccess(converge(node));
    expect(deeds()).toEqual(["restart"]);
  });

  test("when nothing changes", () => {
    expectSuccess(converge(node));
    expect(deeds()).toEqual([]);
  });

  test("before a minor that is refused anyhow", () => {
    node.write("/fake/cluster/alarms", "memberID:1 alarm:NOSPACE\n");
    expect(upgrade().code).toBe(1);
    expect(deeds()).toEqual([]);
  });
});

describe("without a whole snapshot nothing is changed", () => {
  const BROKEN: readonly [what: string, switched: string, content: string, message: RegExp][] = [
    [
      "that cannot be saved",
      "refuses-snapshot-save",
      "no space left on device",
      /no snapshot of https:\/\/\S+ could be saved to \S+, so nothing was changed; is there space on the data disk\? \(\S+ free\)$/,
    ],
    ["that is cut off", "snapshot-size", CUT_OFF, /the snapshot \S+ is incomplete; nothing was changed$/],
    ["that is empty", "snapshot-size", "0", /the snapshot \S+ is incomplete; nothing was changed$/],
  ];

  test.each(BROKEN)("by a new minor, for one %s", (_what, switched, content, message) => {
    node.write(`/fake/cluster/${switched}`, content);
    expectFailure(upgrade(), message);
    expect(actions(node)).toEqual([]);
    expect(node.link("/usr/local/bin/etcd")).toBe(`/opt/etcd/v${VERSION}/etcd`);
  });

  test.each(BROKEN)("by a join, for one %s", (_what, switched, content, message) => {
    loseData();
    const before = liveMembers(node);
    node.write(`/fake/cluster/${switched}`, content);
    expectFailure(converge(node), message);
    expect(liveMembers(node)).toBe(before);
    expect(actions(node)).toEqual([]);
  });
});

test("one that stalls is given up: its etcdctl ends with it, and the next phase gets the node's lock", () => {
  const phase = "/usr/local/lib/etcd-node/converge.sh";
  node.write(phase.replace("converge", "stalled"), node.read(phase));
  node.write(
    phase,
    [
      'STALL_S=20 PHASE=converge bash /usr/local/lib/etcd-node/stalled.sh "$@"; code=$?',
      "pgrep -f 'snapshot save' >/tmp/left",
      "flock --nonblock /run/etcd-node/lock touch /tmp/unlocked",
      "exit $code",
    ].join("\n"),
  );
  node.write("/fake/cluster/stalls", "");
  expectFailure(upgrade(), /ERROR SNAPSHOT_FAILED: no snapshot of \S+ could be saved/);
  expect(node.read("/tmp/left")).toBe("");
  expect(node.exists("/tmp/unlocked")).toBe(true);
});

describe("of the snapshots on the disk", () => {
  const OLD = ["20260101T000000Z.db", "20260102T000000Z.db", "20260103T000000Z.db", "20260104T000000Z.db"];

  beforeEach(() => {
    for (const name of OLD) node.write(`${SNAPSHOTS}/${name}`, "old");
  });

  test("the newest three are kept, and what is none is left alone", () => {
    for (const name of ["by-hand.txt", "before-the-move.db"]) node.write(`${SNAPSHOTS}/${name}`, "");
    expectSuccess(upgrade());
    expect(node.list(SNAPSHOTS)).toEqual([
      ...OLD.slice(2),
      expect.stringMatching(/^\d{8}T\d{6}Z\.db$/),
      "before-the-move.db",
      "by-hand.txt",
    ]);
  });

  test("none goes for one that is cut off, which is not kept", () => {
    node.write("/fake/cluster/snapshot-size", CUT_OFF);
    expect(upgrade().code).toBe(1);
    expect(node.list(SNAPSHOTS)).toEqual(OLD);
  });
});
