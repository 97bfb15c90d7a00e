import { declaredMembers, memberLine, SEED, setCluster } from "./harness/cluster";
import { ETCD_ENV, type TestNode } from "./harness/node";
import {
  bootstrap,
  expectFailure,
  expectSuccess,
  installedNode,
  OTHERS,
  runningNode,
} from "./harness/phases";
import { type Authority, type Certificates, makeAuthority } from "./harness/pki";

let authority: Authority;
let certificates: Certificates;
let node: TestNode;

beforeAll(() => {
  authority = makeAuthority();
  certificates = authority.issue();
});

beforeEach(() => {
  node = installedNode();
});

const STARTED = /^etcd /;
const STARTED_AS_NEW = /--initial-cluster-state new/;

describe("a founder's first run", () => {
  test("starts etcd as new, once, with the founders as its initial cluster", () => {
    expectSuccess(bootstrap(node, certificates));
    expect(node.calls(STARTED)).toEqual([
      `etcd --name controller-0 --initial-cluster ${declaredMembers()} --initial-cluster-state new`,
    ]);
    expect(node.exists("/var/lib/etcd-node/start-permit.env")).toBe(false);
    expect(node.read("/etc/etcd/node.env")).toContain("INITIAL_CLUSTER_STATE=existing\n");
  });

  test("waits for no one: the first of several founders is not ready until a majority is", () => {
    expectSuccess(bootstrap(node, certificates));
    expect(node.calls(/^systemctl start /)).toEqual(["systemctl start --no-block etcd"]);
  });

  test("has systemd enable the unit and read it alone, and all units only where it does not", () => {
    const old = node.copy();
    old.write("/fake/reads-nothing-new", "");
    for (const [each, reload] of [
      [node, []],
      [old, ["systemctl daemon-reload"]],
    ] as const) {
      expectSuccess(bootstrap(each, certificates));
      expect(each.calls(/^systemctl (enable|daemon-reload|start)/)).toEqual([
        "systemctl enable --quiet --no-reload etcd",
        ...reload,
        "systemctl start --no-block etcd",
      ]);
    }
  });

  test("leaves out members that were declared later", () => {
    expectSuccess(bootstrap(node, certificates, { members: declaredMembers(5) }));
    expect(node.calls(STARTED)).toEqual([
      expect.stringContaining(`--initial-cluster ${declaredMembers(3)} `),
    ]);
  });

  test("creates the cluster beside founders that wait for it: they know it as one that has never started", () => {
    setCluster(node, [{ ...SEED[0], hasStarted: false }, SEED[1], SEED[2]]);
    expectSuccess(bootstrap(node, certificates, {}, OTHERS));
    expect(node.calls(STARTED_AS_NEW)).toHaveLength(1);
  });

  test("does not wait for founders that wait for it: they serve no client before a majority is there", () => {
    setCluster(node, [{ ...SEED[0], hasStarted: false }, SEED[1], SEED[2]]);
    node.write(`/fake/cluster/waits@${SEED[1].ip}`, "");
    expectSuccess(bootstrap(node, certificates, {}, OTHERS));
    expect(node.calls(new RegExp(`^etcdctl .*${SEED[1].ip}.* member list`))).toEqual([]);
    expect(node.calls(new RegExp(`^etcdctl .*${SEED[2].ip}.* member list`))).not.toEqual([]);
    expect(node.calls(STARTED_AS_NEW)).toHaveLength(1);
  });

  test.each([
    [
      "that knows a member's client URLs, though not the first one's",
      `waits@`,
      ',"clientURLs":["https://10.240.0.9:2379"]-',
    ],
    ["that has a learner", "waits@", ',"isLearner":true'],
    ["whose peer port says nothing", "silent-peer@", ""],
  ])("asks a member %s", (_what, file, said) => {
    setCluster(node, [{ ...SEED[0], hasStarted: false }, SEED[1], SEED[2]]);
    node.write(`/fake/cluster/${file}${SEED[1].ip}`, said);
    expectSuccess(bootstrap(node, certificates, {}, OTHERS));
    expect(node.calls(new RegExp(`^etcdctl .*${SEED[1].ip}.* member list`))).not.toEqual([]);
  });

  describe("of whom one does not know yet where the other serves its clients", () => {
    const behind = `/fake/cluster/members@${SEED[2].ip}`;

    beforeEach(() => {
      setCluster(node, [{ ...SEED[0], hasStarted: false }, SEED[1], SEED[2]]);
      const starting = [SEED[0], SEED[1], SEED[2]].map((member, i) =>
        memberLine({ ...member, hasStarted: i === 2 }),
      );
      node.write(behind, `${starting.join("\n")}\n`);
    });

    test("creates the cluster as soon as they agree", () => {
      node.write("/fake/meanwhile", `rm ${behind}\n`);
      expectSuccess(bootstrap(node, certificates, {}, OTHERS));
      expect(node.calls(STARTED_AS_NEW)).toHaveLength(1);
    });

    test("creates no cluster while they go on to disagree", () => {
      expectFailure(
        bootstrap(node, certificates, {}, OTHERS),
        "ERROR MEMBERS_DISAGREE: the members do not answer with the same valid member list; not creating a cluster",
      );
      expect(node.calls(STARTED)).toEqual([]);
    });
  });

  test("fails when etcd does not start, and the next one may create the cluster", () => {
    node.write("/fake/etcd-dies", "");
    expectFailure(
      bootstrap(node, certificates),
      "etcd does not start; see 'journalctl -u etcd' on controller-0, fix it and run 'pulumi up' again",
    );
    expect(node.calls(/^journalctl --unit etcd/)).toHaveLength(1);
    node.remove("/fake/etcd-dies");
    expectSuccess(bootstrap(node, certificates));
    expect(node.calls(STARTED_AS_NEW)).toHaveLength(2);
  });
});

describe("no cluster is created", () => {
  afterEach(() => {
    expect(node.calls(STARTED_AS_NEW)).toEqual([]);
    expect(node.exists("/var/lib/etcd-node/start-permit.env")).toBe(false);
  });

  test("by a controller that is not among the founders", () => {
    const { stderr, code } = bootstrap(node, certificates, { founders: "controller-1,controller-2" });
    expect(code).toBe(0);
    expect(stderr).toContain("no data here; converge lets this controller join as a learner");
    expect(node.calls(STARTED)).toEqual([]);
  });

  test("by a controller whose name only begins like a founder's", () => {
    expectSuccess(bootstrap(node, certificates, { founders: "controller-01,controller-2" }));
    expect(node.calls(STARTED)).toEqual([]);
  });

  test("by a later run, which is an update", () => {
    const { stderr } = bootstrap(node, certificates, { mode: "update" });
    expect(stderr).toContain("no data here; converge lets this controller join as a learner");
    expect(node.calls(STARTED)).toEqual([]);
  });

  test("on a disk that has held a member whose data is gone", () => {
    node.write("/mnt/disks/etcd/member-was-here", "");
    const { stderr } = bootstrap(node, certificates);
    expect(stderr).toContain("the data disk has held a member whose WAL is gone; not creating a cluster");
    expect(node.calls(STARTED)).toEqual([]);
  });

  test("beside a running cluster that knows this member as started", () => {
    setCluster(node);
    const { stderr } = bootstrap(node, certificates, {}, OTHERS);
    expect(stderr).toContain(
      "a cluster is running that knows this member as started; not creating a cluster\n",
    );
    expect(node.calls(STARTED)).toEqual([]);
  });

  test("beside a running cluster that does not know this member", () => {
    setCluster(node, [SEED[1], SEED[2]]);
    const { stderr } = bootstrap(node, certificates, {}, OTHERS);
    expect(stderr).toContain("a cluster is running that does not know this member; not creating a cluster");
    expect(node.calls(STARTED)).toEqual([]);
  });
});

describe("a second time", () => {
  test("on a running etcd, changes nothing that it uses", () => {
    node = runningNode(certificates);
    const renewed = authority.issue();
    const { stderr } = bootstrap(node, renewed);
    expect(stderr).toContain("etcd is running; converge takes over what changed");
    expect(node.calls(/^systemctl (start|restart|stop|daemon-reload|enable)|^etcd /)).toEqual([]);
    expect(node.read("/etc/etcd/pki/declared/kubernetes.pem")).toBe(renewed.cert);
    expect(node.read("/etc/etcd/pki/current/kubernetes.pem")).toBe(certificates.cert);
  });

  test("on a stopped member with data, starts it as existing and marks its disk", () => {
    expectSuccess(bootstrap(node, certificates));
    node.write("/fake/etcd-state", "inactive\n");
    node.forgetCalls();
    expectSuccess(bootstrap(node, certificates));
    expect(node.calls(STARTED)).toEqual([expect.stringContaining("--initial-cluster-state existing")]);
    expect(node.exists("/mnt/disks/etcd/member-was-here")).toBe(true);
  });

  test("after the data of a converged member is gone, creates no cluster, even in a create", () => {
    node = runningNode(certificates);
    node.write("/fake/etcd-state", "failed\n");
    node.remove("/var/lib/etcd/member");
    expectSuccess(bootstrap(node, certificates));
    expectSuccess(bootstrap(node, certificates, { mode: "update" }));
    expect(node.calls(STARTED)).toEqual([]);
  });

  test("on a new VM with the old data disk, starts the member on its data with what is declared", () => {
    node.write("/var/lib/etcd/member/wal/0.wal", "");
    expectSuccess(bootstrap(node, certificates, { mode: "update", instance: "2" }));
    expect(node.read("/etc/etcd/etcd.env")).toBe(ETCD_ENV);
    expect(node.calls(STARTED)).toEqual([expect.stringContaining("--initial-cluster-state existing")]);
  });
});

describe("the node is refused", () => {
  test("when the release is not installed", () => {
    expectFailure(
      bootstrap(node, certificates, { version: "3.4.27" }),
      "etcd 3.4.27 is not installed; run 'pulumi up' again",
    );
  });

  test("when no one tells its address, before anything is put in place", () => {
    node.remove("/fake/metadata/ip");
    expectFailure(
      bootstrap(node, certificates),
      "the metadata server does not answer with this VM's address",
    );
    expect(node.exists("/etc/etcd/ca.pem")).toBe(false);
    expect(node.calls(STARTED)).toEqual([]);
  });

  test("when its address is not the declared one", () => {
    node.write("/fake/metadata/ip", "10.240.0.99");
    expectFailure(
      bootstrap(node, certificates),
      "the metadata server says the internal address is 10.240.0.99, declared is 10.240.0.10; is this the right VM?",
    );
    expect(node.calls(STARTED)).toEqual([]);
  });
});
