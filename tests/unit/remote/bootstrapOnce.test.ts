import { starts } from "./harness/actions";
import { ADDED_ID, declaredMembers, liveMembers, SEED, setCluster } from "./harness/cluster";
import { asTemplate, type TestNode } from "./harness/node";
import { bootstrap, converge, expectSuccess, installedNode, OTHERS, runningNode } from "./harness/phases";
import { type Certificates, makeAuthority } from "./harness/pki";

/** A member whose data is lost never starts with `new` again, whoever starts it. */

let certificates: Certificates;
let running: TestNode;
let node: TestNode;

beforeAll(() => {
  certificates = makeAuthority().issue();
  running = asTemplate(runningNode(certificates));
});

const PERMIT = "/var/lib/etcd-node/start-permit.env";

function loseData(): void {
  node.write("/fake/etcd-state", "failed\n");
  node.remove("/var/lib/etcd/member");
}

describe("a converged member whose data is lost", () => {
  beforeEach(() => {
    node = running.copy();
    loseData();
  });

  afterEach(() => expect(starts(node).filter(({ state }) => state === "new")).toEqual([]));

  describe.each([
    ["everybody else is there", OTHERS],
    ["one other is there", [SEED[1].ip]],
    ["no one else is there", []],
  ])("while %s", (_who, listening) => {
    test.each(["create", "update"])("is not started by bootstrap's %s", (mode) => {
      expectSuccess(bootstrap(node, certificates, { mode }, listening));
      expect(starts(node)).toEqual([]);
      expect(node.exists(PERMIT)).toBe(false);
    });
  });

  test("is not started by converge while no one else is there, even as the only member", () => {
    expect(converge(node, {}, []).code).toBe(1);
    expect(converge(node, { members: declaredMembers(1) }, []).code).toBe(1);
    expect(starts(node)).toEqual([]);
  });

  test.each(["start", "restart", "start --no-block"])("is not started by systemd's %s", (verb) => {
    node.run(["systemctl", ...verb.split(" "), "etcd"]);
    expect(starts(node)).toEqual([]);
  });

  test("joins as another member when everybody else is there", () => {
    expectSuccess(bootstrap(node, certificates, { mode: "update" }, OTHERS));
    expectSuccess(converge(node));
    expect(starts(node).map(({ state }) => state)).toEqual(["existing"]);
    expect(liveMembers(node)).toContain(ADDED_ID);
    expect(liveMembers(node)).not.toContain(SEED[0].id);
  });

  test("on a new VM, whose disk alone knows, is not started by a create", () => {
    for (const path of ["/etc/etcd", "/var/lib/etcd-node/start-permit.env", "/run/etcd-node"])
      node.remove(path);
    expectSuccess(bootstrap(node, certificates, { instance: "2" }));
    expect(starts(node)).toEqual([]);
  });
});

describe("a founder whose data is lost before it has converged", () => {
  beforeEach(() => {
    node = installedNode();
    expectSuccess(bootstrap(node, certificates));
    loseData();
    node.forgetCalls();
  });

  test("is not started by a create when the others know it as started", () => {
    setCluster(node);
    expectSuccess(bootstrap(node, certificates, {}, OTHERS));
    expect(starts(node)).toEqual([]);
  });

  test("is not started by a create that was cut off and runs again while no one answers", () => {
    expectSuccess(bootstrap(node, certificates));
    expect(starts(node)).toEqual([]);
  });
});

describe("a permit to create a cluster that was left unused by a run that was cut off", () => {
  beforeEach(() => {
    node = installedNode();
    node.cutBefore("systemctl start --no-block etcd");
    expect(bootstrap(node, certificates).code).toBe(137);
    node.uncut();
    expect(node.read(PERMIT)).toContain("INITIAL_CLUSTER_STATE=new\n");
  });

  test("creates the cluster once when the create runs again", () => {
    expectSuccess(bootstrap(node, certificates));
    expect(starts(node).map(({ state }) => state)).toEqual(["new"]);
    loseData();
    node.run(["systemctl", "start", "etcd"]);
    expect(starts(node)).toHaveLength(1);
  });

  test("is withdrawn by a later run that may not create the cluster", () => {
    setCluster(node, [SEED[1], SEED[2]]);
    expectSuccess(bootstrap(node, certificates, {}, OTHERS));
    node.run(["systemctl", "start", "etcd"]);
    expect(starts(node)).toEqual([]);
  });
});
