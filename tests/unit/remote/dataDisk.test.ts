import { actions } from "./harness/actions";
import { liveMembers } from "./harness/cluster";
import { ETCD_ENV, type TestNode } from "./harness/node";
import {
  bootstrap,
  converge,
  expectFailure,
  expectSuccess,
  installedNode,
  OTHERS,
  runningNode,
} from "./harness/phases";
import { type Certificates, makeAuthority } from "./harness/pki";

/** Without its disk a member looks like one whose data is lost, and is nothing of the kind. */

const NOT_MOUNTED =
  "/var/lib/etcd is not on the data disk; see 'systemctl status var-lib-etcd.mount', mount it and run 'pulumi up' again";

let certificates: Certificates;
let node: TestNode;

beforeAll(() => {
  certificates = makeAuthority().issue();
});

describe("a founder without its disk", () => {
  beforeEach(() => {
    node = installedNode();
    node.write("/fake/not-mounted", "");
  });

  test.each(["create", "update"])("is not started by bootstrap's %s, nor is anything put on it", (mode) => {
    expectFailure(bootstrap(node, certificates, { mode }), NOT_MOUNTED);
    expect(actions(node)).toEqual([]);
    expect(node.list("/etc/etcd")).toEqual([]);
    expect(node.exists("/var/lib/etcd-node/start-permit.env")).toBe(false);
    expect(node.exists("/mnt/disks/etcd/member-was-here")).toBe(false);
  });

  test("creates the cluster once the disk is there", () => {
    expect(bootstrap(node, certificates).code).toBe(1);
    node.remove("/fake/not-mounted");
    expectSuccess(bootstrap(node, certificates));
    expect(actions(node)).toEqual(["start --no-block etcd", "etcd new"]);
  });
});

describe("a member without its disk", () => {
  beforeEach(() => {
    node = runningNode(certificates);
    node.write("/fake/etcd-state", "failed\n");
    node.write("/fake/not-mounted", "");
  });

  test.each(["create", "update"])("is not started by bootstrap's %s", (mode) => {
    expectFailure(bootstrap(node, certificates, { mode }, OTHERS), NOT_MOUNTED);
    expect(actions(node)).toEqual([]);
  });

  test("is neither removed, wiped nor restarted by converge, whatever has changed", () => {
    const before = liveMembers(node);
    node.declare(`${ETCD_ENV}ETCD_PRE_VOTE=true\n`);
    expectFailure(converge(node), NOT_MOUNTED);
    expect(liveMembers(node)).toBe(before);
    expect(actions(node)).toEqual([]);
    expect(node.read("/etc/etcd/etcd.env")).toBe(ETCD_ENV);
    expect(node.list("/mnt/disks/etcd").filter((name) => name.startsWith("archive-"))).toEqual([]);
  });

  test("is started on its old data once the disk is there", () => {
    node.remove("/fake/not-mounted");
    expectSuccess(bootstrap(node, certificates, { mode: "update" }, OTHERS));
    expectSuccess(converge(node));
    expect(actions(node)).toEqual(["start --no-block etcd", "etcd existing"]);
  });
});
