import { existsSync } from "node:fs";
import { actions } from "./harness/actions";
import { SEED } from "./harness/cluster";
import { asTemplate, type TestNode } from "./harness/node";
import { converge, expectSuccess } from "./harness/phases";
import { makeAuthority } from "./harness/pki";
import { expectRefusedUpgrade, expectUntouched, setVersion, TRIAL, upgradableNode } from "./harness/upgrade";

/** A new minor is tried on a copy of the data, and what it makes of it is compared with what the cluster says. */

const NEW = "3.6.14";
const RESTARTED = ["restart etcd", "etcd existing"];

let template: TestNode;
let node: TestNode;

beforeAll(() => {
  template = asTemplate(upgradableNode(makeAuthority().issue(), "3.5.33", NEW));
});

beforeEach(() => {
  node = template.copy();
});

const upgrade = () => converge(node, { version: NEW });
const expectRefusal = (...reasons: string[]) => expectRefusedUpgrade(node, NEW, reasons);

test("a trial that finds nothing is removed before the real restart", () => {
  expectSuccess(upgrade());
  expect(actions(node)).toEqual(RESTARTED);
  expect(node.exists(TRIAL)).toBe(false);
  expect(node.exists("/fake/trial-state")).toBe(false);
  const stop = node.calls().lastIndexOf("systemctl stop etcd-trial");
  expect(stop).toBeGreaterThan(-1);
  expect(stop).toBeLessThan(node.calls().indexOf("systemctl restart etcd"));
});

test("it runs on a copy, in a network of its own, for a limited time, as the user etcd", () => {
  expectSuccess(upgrade());
  const [first = "", second = ""] = node.calls(/^systemd-run/);
  for (const call of [first, second]) {
    for (const word of [
      "--property=PrivateNetwork=yes",
      "--property=User=etcd",
      "--property=RuntimeMaxSec=3000",
      `/opt/etcd/v${NEW}/etcd`,
      `--data-dir=${TRIAL}`,
    ])
      expect(call.split(" ")).toContain(word);
  }
  expect(first).not.toContain("--force-new-cluster");
  expect(second).toContain("--force-new-cluster");
});

describe("refused, since the new minor", () => {
  test("does not start", () => {
    node.write("/fake/trial/dies", "");
    node.write("/fake/journal-etcd-trial", "panic: no\n");
    expectRefusal(`etcd ${NEW} does not start on a copy of this member's data:`, "panic: no");
  });

  test("does not start as the only member", () => {
    node.write("/fake/trial/dies-alone", "");
    expectRefusal(`etcd ${NEW} does not start on a copy of this member's data:`);
  });

  test("starts and never gets healthy", () => {
    node.write("/fake/trial/unhealthy", "");
    expectRefusal(`etcd ${NEW} does not start on a copy of this member's data:`);
  });

  test("reads other members", () => {
    node.write("/fake/trial/members", '[{"id":48879,"peerURLs":["https://10.240.0.10:2380"]}]\n');
    expectRefusal(
      `etcd ${NEW} reads different members from this member's data: beef https://10.240.0.10:2380; the cluster has ` +
        [...SEED]
          .map(({ id, ip }) => `${id} https://${ip}:2380`)
          .sort()
          .join(", "),
    );
  });

  test("reads another cluster ID", () => {
    node.write("/fake/trial/cluster", "beef");
    expectRefusal(
      `etcd ${NEW} reads the cluster ID 'beef' from this member's data; the cluster has ef37ad9dc622abac`,
    );
  });

  test.each(SEED)("treats $name as removed", ({ id }) => {
    node.write(`/fake/trial/code@${id}`, "410");
    expectRefusal(
      `etcd ${NEW} treats the member ${id} as removed; see docs/operate/upgrade.md#members-marked-as-removed`,
    );
  });

  test("does not say what it takes a member for", () => {
    node.write(`/fake/trial/code@${SEED[1].id}`, "000");
    expectRefusal(
      `etcd ${NEW} does not say whether it treats the member ${SEED[1].id} as removed (HTTP 000)`,
    );
  });

  test("marks a member as it starts", () => {
    node.write("/fake/trial/marks", `page${SEED[1].id}removedpage`);
    expectRefusal(
      `etcd ${NEW} marks current members as removed when it starts on this member's data: controller-1 (${SEED[1].id})`,
    );
  });

  test.each(["41", "none"])("reads revision %s, an older one or none", (revision) => {
    node.write("/fake/cluster/revision", "42\n");
    node.write("/fake/trial/revision", revision);
    const got = revision === "none" ? "unknown" : revision;
    expectRefusal(`etcd ${NEW} reads revision ${got} from this member's data, which has revision 42`);
  });

  test("raises an alarm", () => {
    node.write("/fake/trial/alarms", "memberID:1 alarm:CORRUPT\n");
    expectRefusal(`etcd ${NEW} raises an alarm on this member's data: memberID:1 alarm:CORRUPT`);
  });

  test("could not be given a copy of the data", () => {
    node.write("/fake/bin/cp", '#!/bin/bash\n[[ $* != *member/wal* ]] && exec /usr/bin/cp "$@"\n', 0o755);
    expectRefusal(`no copy of this member's data could be made for the trial of etcd ${NEW}`);
  });
});

// Whoever saves a snapshot ends it with this tool; others' data is not looked at any more.
function duringTheSnapshot(command: string): void {
  setVersion(node, SEED[1].ip, NEW, "3.5");
  node.write("/fake/bin/truncate", `#!/bin/bash\n${command}\nexec /usr/bin/truncate "$@"\n`, 0o755);
}

test("the revision is asked for before the data is copied: what is written meanwhile may not be in the copy", () => {
  node.write("/fake/cluster/revision", "42\n");
  node.write("/fake/trial/revision", "42");
  duringTheSnapshot("echo 43 >/fake/cluster/revision");
  expectSuccess(upgrade());
});

test(".snap files are copied before the database: etcd does not start with one that is newer", () => {
  node.write("/var/lib/etcd/member/snap/1.snap", "old");
  duringTheSnapshot("echo new >/var/lib/etcd/member/snap/2.snap");
  node.cutBefore("systemd-run");
  expect(upgrade().code).toBe(137);
  expect(node.list(`${TRIAL}/member/snap`)).toEqual(["1.snap", "db"]);
});

describe.each(["systemd-run", "nsenter", "systemctl restart etcd"])("cut off before %s", (call) => {
  beforeEach(() => {
    node.cutBefore(call);
    expect(upgrade().code).toBe(137);
    node.uncut();
    node.forgetCalls();
  });

  test("the next run tries it again and leaves nothing", () => {
    expectSuccess(upgrade());
    expect(actions(node)).toEqual(RESTARTED);
    expect(node.exists(TRIAL)).toBe(false);
    expect(existsSync(node.at("/fake/trial-state"))).toBe(false);
  });

  test("a run that goes back to the old release leaves nothing either", () => {
    node.write("/mnt/disks/etcd/others-data.db", "left");
    node.write("/mnt/disks/etcd/others-data.db.part", "left");
    expectSuccess(converge(node, { version: "3.5.33" }));
    expect(node.exists(TRIAL)).toBe(false);
    expect(node.exists("/fake/trial-state")).toBe(false);
    expect(node.list("/mnt/disks/etcd").filter((name) => name.startsWith("others"))).toEqual([]);
  });
});

test("what a run that was cut off has left does not count as room", () => {
  node.write(`${TRIAL}/member/snap/db`, "left");
  node.write("/mnt/disks/etcd/snapshots/x.db.part", "left");
  node.write("/fake/bin/df", `#!/bin/bash\necho Avail\n[[ -e ${TRIAL} ]] && echo 0 || echo 100000\n`, 0o755);
  expectSuccess(upgrade());
  expect(node.list("/mnt/disks/etcd/snapshots").filter((name) => name.endsWith(".part"))).toEqual([]);
});

test("nothing is left when it is refused, and the next run passes once it is fixed", () => {
  node.write("/fake/trial/alarms", "memberID:1 alarm:CORRUPT\n");
  expect(upgrade().code).toBe(1);
  expectUntouched(node);
  node.remove("/fake/trial/alarms");
  expectSuccess(upgrade());
});
