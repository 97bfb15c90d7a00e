import { utimesSync } from "node:fs";
import { actions } from "./harness/actions";
import { asTemplate, type TestNode } from "./harness/node";
import { bootstrap, converge, expectFailure, expectSuccess, OTHERS } from "./harness/phases";
import { type Certificates, makeAuthority } from "./harness/pki";
import { setVersion, upgradableNode } from "./harness/upgrade";

/** The way back from a new minor that has shut the others out, and a member that was shut out. */

const OLD = "3.5.33";
const NEW = "3.6.14";
const REMOVED = '{"msg":"the member has been permanently removed from the cluster"}\n';
const AT_OLD = '{"msg":"set cluster version from store","cluster-version":"3.5"}\n';
const MOVED = '{"msg":"updated cluster version","from":"3.5","to":"3.6"}\n';
const BACK = ["stop etcd", "start --no-block etcd", "etcd existing"];
const WAITS = "this member is waiting for a quorum";

let certificates: Certificates;
let upgraded: TestNode;
let old: TestNode;
let node: TestNode;

beforeAll(() => {
  certificates = makeAuthority().issue();
  old = asTemplate(upgradableNode(certificates, OLD, NEW));
  upgraded = asTemplate(old.copy());
  expectSuccess(converge(upgraded, { version: NEW }));
  setVersion(upgraded, upgraded.ip, NEW, "3.5");
  upgraded.write("/fake/journal", AT_OLD);
  upgraded.write("/fake/cluster/refuses-endpoint-health", "context deadline exceeded");
  upgraded.forgetCalls();
});

const link = () => node.link("/usr/local/bin/etcd");
const boot = (version = OLD, listening: readonly string[] = []) =>
  bootstrap(node, certificates, { mode: "update", version }, [node.ip, ...listening]);

describe("a member on a minor that cost the majority", () => {
  beforeEach(() => {
    node = upgraded.copy();
  });

  function expectBack({ stderr }: { stderr: string }): void {
    expect(actions(node)).toEqual(BACK);
    expect(link()).toBe(`/opt/etcd/v${OLD}/etcd`);
    expect(stderr).toContain(
      `not every member is healthy, and this one ran etcd ${NEW}: going back to ${OLD}`,
    );
    expect(node.calls(/^systemd-run|snapshot save| put /)).toEqual([]);
  }

  test("goes back in bootstrap, all at once", () => {
    const run = boot();
    expectSuccess(run);
    expectBack(run);
  });

  test("goes back in converge, without waiting for anybody", () => {
    const run = converge(node, { version: OLD }, []);
    expectSuccess(run);
    expectBack(run);
    expect(run.stderr).toContain(WAITS);
  });

  test("goes back when it is off itself", () => {
    node.write("/fake/etcd-state", "failed\n");
    expectBack(boot());
  });

  test("goes back while a majority is there, when another member is not healthy", () => {
    node.remove("/fake/cluster/refuses-endpoint-health");
    expectBack(boot(OLD, OTHERS.slice(0, 1)));
  });

  test("sets the raft snapshots of the newer minor aside, and keeps the older ones", () => {
    const snapshots = "/var/lib/etcd/member/snap";
    for (const [file, time] of [
      ["old.snap", 1],
      ["new.snap", Date.now() / 1000 + 60],
    ] as const) {
      node.write(`${snapshots}/${file}`, "");
      utimesSync(node.at(`${snapshots}/${file}`), time, time);
    }
    expectBack(boot());
    expect(node.list(snapshots).filter((name) => name.endsWith(".snap"))).toEqual(["old.snap"]);
    const [archive = ""] = node.list("/mnt/disks/etcd").filter((name) => name.startsWith("archive-"));
    expect(node.list(`/mnt/disks/etcd/${archive}`)).toEqual(["new.snap"]);
  });

  test("keeps the only raft snapshot where the log does not reach back before it", () => {
    const snapshots = "/var/lib/etcd/member/snap";
    node.write(`${snapshots}/new.snap`, "");
    utimesSync(node.at(`${snapshots}/new.snap`), Date.now() / 1000 + 60, Date.now() / 1000 + 60);
    expectBack(boot());
    expect(node.list(snapshots).filter((name) => name.endsWith(".snap"))).toEqual(["new.snap"]);
  });

  test("goes back by what was journaled last", () => {
    node.write("/fake/journal", MOVED + AT_OLD);
    expectBack(boot());
  });

  test("goes on where a run was cut off", () => {
    node.cutBefore("systemctl start --no-block etcd");
    expect(boot().code).toBe(137);
    node.uncut();
    expectSuccess(boot());
    expect(link()).toBe(`/opt/etcd/v${OLD}/etcd`);
    expect(node.read("/fake/etcd-state")).toBe("active\n");
  });

  describe("does not go back", () => {
    afterEach(() => {
      expect(actions(node)).toEqual([]);
      expect(link()).toBe(`/opt/etcd/v${NEW}/etcd`);
    });

    test("in bootstrap when its cluster has moved to that minor: the old one cannot read its data", () => {
      node.write("/fake/journal", AT_OLD + MOVED);
      expectSuccess(boot());
    });

    test("in converge when its cluster has moved to that minor", () => {
      node.write("/fake/journal", AT_OLD + MOVED);
      expect(converge(node, { version: OLD }, []).code).toBe(1);
    });

    test.each([
      ["says nothing of it", "started\n"],
      ["says it is not decided", '{"msg":"cluster version differs","cluster-version":"not_decided"}\n'],
    ])("when the journal %s", (_what, journal) => {
      node.write("/fake/journal", journal);
      expectSuccess(boot());
    });

    test("when every member is healthy: converge takes them one after the other", () => {
      node.remove("/fake/cluster/refuses-endpoint-health");
      expectSuccess(boot(OLD, OTHERS));
    });

    test("when the newer minor is declared", () => {
      expectSuccess(boot(NEW));
    });
  });

  test("does not go back over two minors at once", () => {
    const run = boot("3.4.10");
    expectSuccess(run);
    expect(actions(node)).toEqual([]);
  });
});

describe("a member that another one called removed", () => {
  beforeEach(() => {
    node = old.copy();
    node.write("/fake/etcd-state", "inactive\n");
    node.write("/fake/journal", `${AT_OLD}${REMOVED}${"stopped\n".repeat(20)}`);
  });

  test("is started again and waited for, whatever state the others are in", () => {
    for (const ip of OTHERS) node.write(`/fake/cluster/refuses-endpoint-health@${ip}`, "no leader");
    const run = converge(node, { version: OLD });
    expectSuccess(run);
    expect(run.stderr).toContain("etcd stopped here because another member called this one removed");
    expect(actions(node)).toEqual(["start --no-block etcd", "etcd existing"]);
  });

  test("is not waited for while no majority is there", () => {
    node.write("/fake/state-after-start", "activating");
    const run = converge(node, { version: OLD }, []);
    expectSuccess(run);
    expect(run.stderr).toContain(WAITS);
  });

  test("names what happened when it ends so again", () => {
    node.write("/fake/state-after-start", "inactive");
    const run = converge(node, { version: OLD });
    expectFailure(run, "the member is not healthy; nothing after it was touched");
    expect(run.stderr).toContain(
      "another member that runs a newer minor treats this member as removed: docs/operate/upgrade.md#way-back",
    );
  });

  test("is not started with a release of another minor", () => {
    expectFailure(
      converge(node, { version: NEW }),
      `etcd is off on controller-0, where it ran ${OLD}, and a minor changes only on a healthy member`,
    );
    expect(actions(node)).toEqual([]);
  });
});
