import { actions } from "./harness/actions";
import { SEED, takeDown } from "./harness/cluster";
import { asTemplate, type TestNode } from "./harness/node";
import { bootstrap, converge, expectFailure, expectSuccess, OTHERS, reasonsOf } from "./harness/phases";
import { type Certificates, makeAuthority } from "./harness/pki";
import { expectUntouched, setVersion, upgradableNode } from "./harness/upgrade";

/** Back one minor by etcd's own downgrade, from 3.6 on. */

const NEW = "3.6.14";
const OLD = "3.5.33";
const RESTARTED = ["restart etcd", "etcd existing"];
/** What a member says whose data have the older format. */
const READY_VERSION = `{"etcdserver":"${NEW}","etcdcluster":"3.5.0","storage":"3.5.0"}`;
const READY = '{"msg":"The server is ready to downgrade"}\n';

let certificates: Certificates;
let at36: TestNode;
let toNewer: TestNode;
let node: TestNode;

beforeAll(() => {
  certificates = makeAuthority().issue();
  at36 = asTemplate(upgradableNode(certificates, NEW, OLD));
  toNewer = asTemplate(upgradableNode(certificates, NEW, "3.7.3"));
});

beforeEach(() => {
  node = at36.copy();
});

const back = (version = OLD) => converge(node, { version });
const told = () => node.calls(/ downgrade /).map((call) => /downgrade (\S+)/.exec(call)?.[1]);
const link = () => node.link("/usr/local/bin/etcd");
/** As after the first member's turn. */
function underWay(): void {
  expectSuccess(back());
  setVersion(node, OTHERS[0] ?? "", OLD);
  node.write("/fake/journal", READY);
  node.forgetCalls();
}

describe("the first member", () => {
  test("asks etcd, tells it, waits for the data's format, tries the release on them, and restarts", () => {
    expectSuccess(back());
    expect(told()).toEqual(["validate", "enable"]);
    const order = node.calls(/ downgrade enable|snapshot save|^systemd-run|^systemctl restart/);
    expect(order.map((call) => /enable|save|systemd-run|restart/.exec(call)?.[0])).toEqual([
      // Others' data are looked at for marks first.
      "save",
      "save",
      "enable",
      "save",
      "systemd-run",
      "systemd-run",
      "restart",
    ]);
    expect(actions(node)).toEqual(RESTARTED);
    expect(link()).toBe(`/opt/etcd/v${OLD}/etcd`);
  });

  test("takes etcd's refusal for its own, in etcd's words", () => {
    node.write(
      "/fake/cluster/refuses-downgrade-validate",
      "etcdserver: cluster has a downgrade job in progress",
    );
    expectFailure(
      back(),
      "etcd does not go back to 3.5: etcdserver: cluster has a downgrade job in progress; nothing was changed on controller-0",
    );
    expect(told()).toEqual(["validate"]);
    expectUntouched(node);
  });

  test("calls it off when the data do not get the format", () => {
    node.write("/fake/cluster/slow-downgrade", "");
    expectFailure(
      back(),
      "did not bring every member's data into the format of 3.5; the downgrade was cancelled",
    );
    expect(told()).toEqual(["validate", "enable", "cancel"]);
    expect(node.exists("/fake/cluster/downgrade")).toBe(false);
    expectUntouched(node);
  });

  test("waits for the slowest member's data", () => {
    node.write("/fake/cluster/slow-downgrade", "");
    const done = 'sed -i \'s/etcdcluster":"3.6.0"/etcdcluster":"3.5.0","storage":"3.5.0"/\' /fake/version@*';
    node.write("/fake/meanwhile", done);
    expectSuccess(back());
    expect(told()).toEqual(["validate", "enable"]);
  });

  test("goes on with one that an interrupted run has begun", () => {
    node.write("/fake/cluster/downgrade", "3.5.0\n");
    for (const { ip } of SEED) node.write(`/fake/version@${ip}`, READY_VERSION);
    expectSuccess(back());
    expect(told()).toEqual([]);
    expect(node.calls(/^systemd-run/)).toHaveLength(2);
  });

  test("that has told etcd and lost the answer goes on", () => {
    node.write("/fake/cluster/loses-answer-downgrade-enable", "");
    expectSuccess(back());
  });

  test.each<[string, () => void, string]>([
    ["another is not healthy", () => takeDown(node, SEED[2].ip), "https://10.240.0.12:2379 is not healthy"],
    [
      "a member's data mark a current one as removed",
      () => node.write(`/fake/cluster/database@${OTHERS[1]}`, `page${SEED[0].id}removedpage`),
      `the data of https://10.240.0.12:2379 marks current members as removed: controller-0 (${SEED[0].id}); etcd 3.5 would shut them down. Let these members join again under 3.6 first, see docs/operate/upgrade.md#members-marked-as-removed`,
    ],
  ])("does not begin while %s", (_name, arrange, reason) => {
    arrange();
    const run = back();
    expect(reasonsOf(run)).toEqual([reason]);
    expectFailure(run, "refused, nothing was changed on controller-0");
    expect(told()).toEqual([]);
    expectUntouched(node);
  });

  test.each([
    ["3.5.31", "3.6 goes back to 3.5.32 or later; set etcdVersion 3.5.33"],
    ["3.4.27", "etcd cannot go back; set etcdVersion 3.6.x"],
  ])("does not begin to go to %s", (version, why) => {
    const run = back(version);
    expect(reasonsOf(run)).toEqual([`the cluster is at 3.6 and etcdVersion ${version} is older: ${why}`]);
    expect(told()).toEqual([]);
    expectUntouched(node);
  });

  test("does not begin when it is off", () => {
    node.write("/fake/etcd-state", "failed\n");
    expectFailure(back(), "etcd is off on controller-0, where it ran 3.6.14");
    expect(told()).toEqual([]);
    expectUntouched(node);
  });
});

describe("under way", () => {
  test("a later member shows that the release takes its data, and tells etcd nothing", () => {
    node.write("/fake/cluster/downgrade", "3.5.0\n");
    setVersion(node, OTHERS[0] ?? "", OLD);
    for (const ip of [node.ip, OTHERS[1]]) node.write(`/fake/version@${ip}`, READY_VERSION);
    expectSuccess(back());
    expect(told()).toEqual([]);
    expect(node.calls(/^systemd-run/)).toHaveLength(2);
    expect(actions(node)).toEqual(RESTARTED);
  });

  test("a later member is also tried when a leader on 3.5 has ended it", () => {
    setVersion(node, OTHERS[0] ?? "", OLD);
    for (const ip of [node.ip, OTHERS[1]]) node.write(`/fake/version@${ip}`, READY_VERSION);
    node.write("/fake/journal", READY);
    expectSuccess(back());
    expect(told()).toEqual([]);
    expect(node.calls(/^systemd-run/)).toHaveLength(2);
    expect(actions(node)).toEqual(RESTARTED);
  });

  test("members do not go back all at once when one is not healthy", () => {
    node.write("/fake/journal", `{"msg":"updated cluster version","from":"3.6","to":"3.5"}\n${READY}`);
    takeDown(node, SEED[2].ip);
    expectSuccess(
      bootstrap(node, certificates, { mode: "update", version: OLD }, [node.ip, OTHERS[0] ?? ""]),
    );
    expect(actions(node)).toEqual([]);
    expect(link()).toBe(`/opt/etcd/v${NEW}/etcd`);
  });

  test("it is cancelled when the newer minor is declared again, also by a member that went back", () => {
    underWay();
    setVersion(node, node.ip, OLD);
    node.write(`/fake/version@${OTHERS[1]}`, READY_VERSION);
    expectSuccess(back(NEW));
    expect(told()).toEqual(["cancel"]);
    expect(link()).toBe(`/opt/etcd/v${NEW}/etcd`);
  });

  test("it is also cancelled before a member has restarted", () => {
    node.write("/fake/cluster/downgrade", "3.5.0\n");
    expectSuccess(back(NEW));
    expect(told()).toEqual(["cancel"]);
    expect(actions(node)).toEqual([]);
  });

  test("what cannot be cancelled ends the phase", () => {
    node.write("/fake/cluster/downgrade", "3.5.0\n");
    node.write("/fake/cluster/refuses-downgrade-cancel", "etcdserver: request timed out");
    expectFailure(
      back(NEW),
      "the downgrade to 3.5 could not be cancelled; nothing was changed on controller-0",
    );
    expect(actions(node)).toEqual([]);
  });
});

describe("before 3.7, which cannot read a log of 3.5, the first member", () => {
  const NEWER = "3.7.3";
  const RENEWED = ["validate", "enable", "cancel"];
  const up = () => converge(node, { version: NEWER });

  beforeEach(() => {
    node = toNewer.copy();
  });

  test("has etcd save raft snapshots: it is told to go back, and then not to, before the trial", () => {
    expectSuccess(up());
    expect(told()).toEqual(RENEWED);
    expect(node.calls(/ downgrade \S+ 3/).every((call) => call.endsWith(" 3.5"))).toBe(true);
    const order = node.calls(/ downgrade cancel|^systemd-run|^systemctl restart/);
    expect(order.map((call) => /cancel|systemd-run|restart/.exec(call)?.[0])).toEqual([
      "cancel",
      "systemd-run",
      "systemd-run",
      "restart",
    ]);
    expect(link()).toBe(`/opt/etcd/v${NEWER}/etcd`);
  });

  test("does it again when an interrupted run has begun it", () => {
    node.write("/fake/cluster/downgrade", "3.5.0\n");
    for (const { ip } of SEED) node.write(`/fake/version@${ip}`, READY_VERSION);
    expectSuccess(up());
    expect(told()).toEqual(["cancel", ...RENEWED]);
  });

  test("does not restart while the cluster's version is not back", () => {
    node.write("/fake/cluster/slow-cancel", "");
    expectFailure(up(), "the members' raft snapshots were saved, and the cluster is not back at 3.6");
    expectUntouched(node);
  });

  test("takes a refusal for its own", () => {
    node.write("/fake/cluster/refuses-downgrade-enable", "etcdserver: request timed out");
    expectFailure(up(), "etcd did not begin to go back to 3.5; no member was restarted");
    expectUntouched(node);
  });

  test("does it alone: a later one tells etcd nothing", () => {
    setVersion(node, OTHERS[0] ?? "", NEWER, NEW);
    expectSuccess(up());
    expect(told()).toEqual([]);
    expect(node.calls(/^systemd-run/)).toHaveLength(2);
  });
});

test("an upgrade that is not over is taken back without telling etcd", () => {
  for (const { ip } of SEED) setVersion(node, ip, ip === node.ip ? NEW : OLD, "3.5.0");
  expectSuccess(back());
  expect(told()).toEqual([]);
  expect(node.calls(/^systemd-run/)).toEqual([]);
  expect(actions(node)).toEqual(RESTARTED);
});
