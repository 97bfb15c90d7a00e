import { actions } from "./harness/actions";
import { SEED, setCluster, takeDown } from "./harness/cluster";
import { asTemplate, ETCD_ENV, type TestNode } from "./harness/node";
import { bootstrap, converge, expectFailure, expectSuccess, OTHERS, runningNode } from "./harness/phases";
import { type Authority, makeAuthority } from "./harness/pki";
import { installRelease } from "./harness/release";

const OTHER_ENV = `${ETCD_ENV}ETCD_PRE_VOTE=true\n`;

let authority: Authority;
let running: TestNode;
let node: TestNode;

beforeAll(() => {
  authority = makeAuthority();
  running = asTemplate(runningNode(authority.issue()));
});

beforeEach(() => {
  node = running.copy();
});

describe("does the least", () => {
  test("nothing, when etcd runs what is declared", () => {
    const { stderr, ...run } = converge(node);
    expectSuccess({ stderr, ...run });
    expect(stderr).toContain("runs what is declared");
    expect(actions(node)).toEqual([]);
  });

  test("nothing, when all that changed is how the program calls it", () => {
    expectSuccess(converge(node, { config: "2", pki: "2", instance: "2" }));
    expect(actions(node)).toEqual([]);
  });

  test("no restart for a longer list of members: etcd has no use for it once it has a WAL", () => {
    const members = `${SEED.map(({ name, ip }) => `${name}=https://${ip}:2380`).join(",")},controller-3=https://10.240.0.13:2380`;
    expectSuccess(converge(node, { members }));
    expect(node.read("/etc/etcd/node.env")).toContain(`INITIAL_CLUSTER=${members}\n`);
    expect(actions(node)).toEqual([]);
  });

  test("a hot reload, when only the leaf certificate changed", () => {
    const renewed = authority.issue();
    expectSuccess(bootstrap(node, renewed));
    expectSuccess(converge(node));
    expect(actions(node)).toEqual([]);
    expect(node.read("/etc/etcd/kubernetes.pem")).toBe(renewed.cert);
    expect(
      node
        .calls(/^openssl s_client -connect /)
        .map((call) => call.split(" ")[3])
        .sort(),
    ).toEqual(["10.240.0.10:2379", "10.240.0.10:2380"]);
  });

  test("and fails when a listener does not serve the new leaf", () => {
    node.write(`/fake/cluster/served@${node.ip}`, node.read("/etc/etcd/kubernetes.pem"));
    expectSuccess(bootstrap(node, authority.issue()));
    expectFailure(converge(node), "the listeners do not serve the declared certificate");
    expect(actions(node)).toEqual([]);
  });
});

describe("restarts etcd once", () => {
  afterEach(() => expect(actions(node)).toEqual(["restart etcd", "etcd existing"]));

  test("when the settings changed", () => {
    node.declare(OTHER_ENV);
    expectSuccess(converge(node));
    expect(node.read("/etc/etcd/etcd.env")).toBe(OTHER_ENV);
    expectSuccess(converge(node));
  });

  test("when the unit changed, after systemd has read it", () => {
    node.write("/var/lib/etcd-node/declared/etcd.service", "[Unit]\nDescription=other\n");
    expectSuccess(converge(node));
    expect(node.calls(/^systemctl (daemon-reload|restart)/)).toEqual([
      "systemctl daemon-reload",
      "systemctl restart etcd",
    ]);
  });

  test("when the CA bundle changed", () => {
    const both = { ...authority.issue(), ca: authority.ca + makeAuthority("Next").ca };
    expectSuccess(bootstrap(node, both));
    expectSuccess(converge(node));
    expect(node.read("/etc/etcd/ca.pem")).toBe(both.ca);
  });

  test("when the version changed, with every binary switched", () => {
    installRelease(node, "3.5.33");
    node.write("/fake/version", '{"etcdserver":"3.4.10","etcdcluster":"3.4.0"}');
    expectSuccess(converge(node, { version: "3.5.33" }));
    expect(node.link("/usr/local/bin/etcd")).toBe("/opt/etcd/v3.5.33/etcd");
    expect(node.link("/usr/local/bin/etcdctl")).toBe("/opt/etcd/v3.5.33/etcdctl");
  });

  test("when it is down", () => {
    node.write("/fake/etcd-state", "failed\n");
    expectSuccess(converge(node));
  });
});

describe("a member that is still starting", () => {
  beforeEach(() => node.write("/fake/etcd-state", "activating\n"));

  test("is waited for, as a founder without a majority is", () => {
    node.write("/fake/meanwhile", "echo active >/fake/etcd-state");
    expectSuccess(converge(node));
    expect(actions(node)).toEqual([]);
  });

  test("fails when it does not come up", () => {
    takeDown(node, SEED[2].ip);
    const run = converge(node);
    expectFailure(run, "the member is not healthy; nothing after it was touched.");
    // Another member may be why.
    expect(run.stderr).toContain(
      "seen: https://10.240.0.11:2379 healthy; https://10.240.0.12:2379 not healthy; ",
    );
    expect(actions(node)).toEqual([]);
  });

  test("with settings that were fixed since, is restarted with the fixed ones", () => {
    node.declare(OTHER_ENV);
    expectSuccess(converge(node));
    expect(actions(node)).toEqual(["restart etcd", "etcd existing"]);
  });
});

describe("a member that leads", () => {
  beforeEach(() => {
    setCluster(node, SEED, SEED[0].id);
    node.declare(OTHER_ENV);
  });

  test("hands leadership over before it is restarted", () => {
    expectSuccess(converge(node));
    expect(actions(node)).toEqual([`move-leader ${SEED[1].id}`, "restart etcd", "etcd existing"]);
  });

  test("tries the next one when the first does not say who it is", () => {
    node.write(`/fake/cluster/refuses-endpoint-status@${OTHERS[0]}`, "no");
    expectSuccess(converge(node));
    expect(actions(node)).toEqual([`move-leader ${SEED[2].id}`, "restart etcd", "etcd existing"]);
  });

  test("is not restarted when no one takes it", () => {
    node.write("/fake/cluster/refuses-move-leader", "etcdserver: request timed out");
    expectFailure(
      converge(node),
      "this member leads and could not hand leadership over; nothing was restarted",
    );
    expect(actions(node)).toEqual([`move-leader ${SEED[1].id}`, `move-leader ${SEED[2].id}`]);
    expect(node.read("/etc/etcd/etcd.env")).toBe(ETCD_ENV);
  });
});

describe("a restart that does not come back", () => {
  beforeEach(() => {
    node.declare(OTHER_ENV);
    node.write("/fake/etcd-dies", "");
    node.write("/fake/journal", "unknown flag --nonsense\n");
  });

  test("fails with the message and etcd's last words", () => {
    const run = converge(node);
    expectFailure(
      run,
      "the member is not healthy; nothing after it was touched. See 'journalctl -u etcd' on controller-0, " +
        "fix it and run 'pulumi up' again",
    );
    expect(run.stderr).toContain("unknown flag --nonsense\n");
    expect(actions(node)).toEqual(["restart etcd", "etcd existing"]);
  });

  test("is tried again by the next run, which finds it fixed", () => {
    converge(node);
    node.remove("/fake/etcd-dies");
    node.declare(ETCD_ENV);
    node.forgetCalls();
    expectSuccess(converge(node));
    expect(actions(node)).toEqual(["restart etcd", "etcd existing"]);
  });

  test("nor catch up, fails", () => {
    node.remove("/fake/etcd-dies");
    node.write(`/fake/cluster/applied@${node.ip}`, "4000");
    expectFailure(converge(node), "the member does not catch up with the leader");
  });
});

test("a run that was cut off before the restart is finished by the next one", () => {
  node.declare(OTHER_ENV);
  node.cutBefore("systemctl restart etcd");
  expect(converge(node).code).toBe(137);
  expect(node.read("/etc/etcd/etcd.env")).toBe(OTHER_ENV);
  node.uncut();
  node.forgetCalls();
  expectSuccess(converge(node));
  expect(actions(node)).toEqual(["restart etcd", "etcd existing"]);
});
