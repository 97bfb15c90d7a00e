import { actions } from "./harness/actions";
import { declaredMembers, SEED } from "./harness/cluster";
import { asTemplate, type TestNode } from "./harness/node";
import { converge, expectFailure, expectSuccess, OTHERS } from "./harness/phases";
import { makeAuthority } from "./harness/pki";
import { expectRefusedUpgrade, expectUntouched, setVersion, upgradableNode } from "./harness/upgrade";

/** What is shown before a member starts a new minor of etcd. */

const PROBE = "etcd-on-gce/before-minor";
const WRITES = / (put|del) etcd-on-gce/;
const RESTARTED = ["restart etcd", "etcd existing"];
const MARK_OF_FORMER = "0123456789abcdefremoved";
const markOf = (member: { id: string }) => `page${member.id}removedpage`;

let at34: TestNode;
let at35: TestNode;
let node: TestNode;

beforeAll(() => {
  const certificates = makeAuthority().issue();
  at34 = asTemplate(upgradableNode(certificates, "3.4.10", "3.5.33"));
  at35 = asTemplate(upgradableNode(certificates, "3.5.33", "3.6.14"));
});

describe("before 3.5, a write", () => {
  const upgrade = () => converge(node, { version: "3.5.33" });
  const writes = () => node.calls(WRITES).map((call) => / (put|del) (\S+)/.exec(call)?.slice(1));
  const NOT_EVERYWHERE =
    "a write before the upgrade to 3.5.33 did not reach every member's data; without it 3.5 can treat members as removed";

  beforeEach(() => {
    node = at34.copy();
    node.write("/fake/cluster/revision", "7\n");
  });

  test("is made, found in this member's database and deleted, before the restart", () => {
    expectSuccess(upgrade());
    expect(writes()).toEqual([
      ["put", PROBE],
      ["del", PROBE],
    ]);
    const order = node.calls(/ (put|del) |snapshot save|^systemd-run|^systemctl restart/);
    expect(order.map((call) => /put|del|save|systemd-run|restart/.exec(call)?.[0])).toEqual([
      "put",
      "del",
      "save",
      "systemd-run",
      "systemd-run",
      "restart",
    ]);
    expect(actions(node)).toEqual(RESTARTED);
  });

  test.each(OTHERS)("has to be applied by the member at %s", (ip) => {
    node.write(`/fake/cluster/revision@${ip}`, "7\n");
    expectFailure(upgrade(), NOT_EVERYWHERE);
    expect(writes()).toHaveLength(2);
    expectUntouched(node);
  });

  test("has to be applied by a member that does not tell its revision", () => {
    node.write(`/fake/cluster/refuses-endpoint-status@${OTHERS[0]}`, "context deadline exceeded");
    expectFailure(upgrade(), NOT_EVERYWHERE);
    expectUntouched(node);
  });

  test("is waited for", () => {
    node.write(`/fake/cluster/revision@${OTHERS[1]}`, "7\n");
    node.write("/fake/meanwhile", `rm /fake/cluster/revision@${OTHERS[1]}`);
    expectSuccess(upgrade());
  });

  test("does not wait for a controller that has yet to join", () => {
    expectSuccess(converge(node, { version: "3.5.33", members: declaredMembers(5) }));
  });

  test("has to stand in this member's database, and is deleted though it does not", () => {
    node.write("/fake/cluster/loses-writes", "");
    expectFailure(upgrade(), NOT_EVERYWHERE);
    expect(writes()).toHaveLength(2);
    expectUntouched(node);
  });

  test("has to be possible", () => {
    node.write("/fake/cluster/refuses-put", "etcdserver: request timed out");
    expectFailure(upgrade(), "no write was possible before the upgrade to 3.5.33; nothing was changed");
    expectUntouched(node);
  });

  test("has to be deleted again", () => {
    node.write("/fake/cluster/refuses-del", "etcdserver: request timed out");
    expectFailure(upgrade(), `the key ${PROBE} could not be deleted; nothing was changed on controller-0`);
    expectUntouched(node);
  });

  test("is made after another member runs 3.5 as well: each shows it of its own data", () => {
    setVersion(node, OTHERS[0] ?? "", "3.5.33", "3.4");
    expectSuccess(upgrade());
    expect(writes()).toHaveLength(2);
  });

  test("is not made on the way back", () => {
    expectSuccess(upgrade());
    setVersion(node, node.ip, "3.5.33", "3.4");
    node.forgetCalls();
    expectSuccess(converge(node, { version: "3.4.10" }));
    expect(writes()).toEqual([]);
    expect(node.calls(/^systemd-run/)).toEqual([]);
    expect(node.calls(/snapshot save/)).toHaveLength(1);
  });
});

describe("before 3.6, a mark as removed", () => {
  const PAGE =
    "etcd 3.6 would shut them down. Let these members join again under 3.5 first, see docs/operate/upgrade.md#members-marked-as-removed";

  beforeEach(() => {
    node = at35.copy();
  });

  const expectRefusal = (...reasons: string[]) => expectRefusedUpgrade(node, "3.6.14", reasons);

  test.each(SEED)("of $name in this member's data refuses it", (member) => {
    node.write(`/fake/cluster/database@${node.ip}`, markOf(member));
    expectRefusal(
      `this member's data marks current members as removed: ${member.name} (${member.id}); ${PAGE}`,
    );
  });

  test("of several names each", () => {
    node.write(`/fake/cluster/database@${node.ip}`, markOf(SEED[1]) + markOf(SEED[2]));
    expectRefusal(
      `this member's data marks current members as removed: ${SEED[1].name} (${SEED[1].id}), ${SEED[2].name} (${SEED[2].id}); ${PAGE}`,
    );
  });

  test("in another member's data refuses it, with that member's address", () => {
    node.write(`/fake/cluster/database@${OTHERS[1]}`, markOf(SEED[0]));
    expectRefusal(
      `the data of https://10.240.0.12:2379 marks current members as removed: controller-0 (${SEED[0].id}); ${PAGE}`,
    );
  });

  test("of former members does not", () => {
    node.write("/fake/cluster/database", MARK_OF_FORMER);
    expectSuccess(converge(node, { version: "3.6.14" }));
    expect(actions(node)).toEqual(RESTARTED);
  });

  test("is looked for in others' data only before the first member runs 3.6", () => {
    node.write(`/fake/cluster/database@${OTHERS[1]}`, markOf(SEED[0]));
    setVersion(node, OTHERS[0] ?? "", "3.6.14", "3.5");
    expectSuccess(converge(node, { version: "3.6.14" }));
  });

  test("may be in data that cannot be read, which refuses it", () => {
    node.write(`/fake/cluster/refuses-snapshot-save@${OTHERS[0]}`, "context deadline exceeded");
    expectRefusal("the data of https://10.240.0.11:2379 could not be read for marks of removed members");
  });

  test("may be in the rest of data that came cut off, which refuses it", () => {
    node.write("/fake/cluster/snapshot-size", "20511");
    expectRefusal(
      "the data of https://10.240.0.11:2379 could not be read for marks of removed members",
      "the data of https://10.240.0.12:2379 could not be read for marks of removed members",
    );
  });

  test("is not looked for before 3.5, where it harms no one", () => {
    node = at34.copy();
    node.write("/fake/cluster/database", markOf(SEED[1]));
    node.write("/fake/trial/members", "[]");
    const { stderr } = converge(node, { version: "3.5.33" });
    expect(stderr).not.toContain("this member's data marks current members");
  });
});

describe("a new minor is refused", () => {
  beforeEach(() => {
    node = at35.copy();
  });

  test("without room for a trial", () => {
    node.write(`/fake/cluster/size@${node.ip}`, String(2 ** 50));
    const { stderr } = converge(node, { version: "3.6.14" });
    expect(stderr).toMatch(
      / {2}- DATA_DISK_FULL: the data disk has \d+ MiB free, and a snapshot and a trial of the new minor need 2147483\d+ MiB; remove \/mnt/,
    );
    expectUntouched(node);
  });

  test("on a member that is off", () => {
    node.write("/fake/etcd-state", "failed\n");
    expectFailure(
      converge(node, { version: "3.6.14" }),
      "etcd is off on controller-0, where it ran 3.5.33, and a minor changes only on a healthy member",
    );
    expectUntouched(node);
  });

  test("when a check is killed", () => {
    // Its parent is the shell of a substitution in the check.
    node.write("/fake/bin/du", "#!/bin/bash\nset -- $(</proc/$PPID/stat)\nkill -KILL $4\n", 0o755);
    expectFailure(
      converge(node, { version: "3.6.14" }),
      "a check was interrupted, nothing was changed on controller-0",
    );
    expectUntouched(node);
  });

  test("when another member has fallen during the checks", () => {
    node.write(
      "/fake/bin/df",
      `#!/bin/bash\ntouch /fake/cluster/down@${OTHERS[1]}\nexec /usr/bin/df "$@"\n`,
      0o755,
    );
    setVersion(node, OTHERS[0] ?? "", "3.6.14", "3.5");
    expectRefusedUpgrade(node, "3.6.14", ["https://10.240.0.12:2379 is not healthy"]);
  });
});

describe("after the restart into a new minor", () => {
  const FALLEN =
    "https://10.240.0.12:2379 is not healthy since this member runs 3.6.14; no other member was touched. Set etcdVersion to what this member ran before: docs/operate/upgrade.md#way-back";
  const fall = `touch /fake/cluster/down@${OTHERS[1]}`;

  beforeEach(() => {
    node = at35.copy();
  });

  test("the others are watched, and one that falls within that time ends the phase", () => {
    node.write("/fake/meanwhile", fall);
    const run = converge(node, { version: "3.6.14" });
    expectFailure(run, FALLEN);
    expect(run.stdout).toBe("");
    expect(actions(node)).toEqual(RESTARTED);
  });

  test("one that comes back soon is waited for", () => {
    node.write("/fake/meanwhile", `${fall}; echo 'rm /fake/cluster/down@${OTHERS[1]}' >/fake/meanwhile`);
    expectSuccess(converge(node, { version: "3.6.14" }));
  });

  test("the next run watches when this one was cut off", () => {
    node.write("/fake/meanwhile", "kill -KILL $$");
    expect(converge(node, { version: "3.6.14" }).code).toBe(137);
    node.write("/fake/meanwhile", fall);
    setVersion(node, node.ip, "3.6.14", "3.5");
    node.forgetCalls();
    expectFailure(converge(node, { version: "3.6.14" }), FALLEN);
    expect(actions(node)).toEqual([]);
  });

  test("they are watched once", () => {
    expect(converge(node, { version: "3.6.14" }).stderr).toContain("watching the other members");
    setVersion(node, node.ip, "3.6.14", "3.5");
    expect(converge(node, { version: "3.6.14" }).stderr).not.toContain("watching");
  });
});
