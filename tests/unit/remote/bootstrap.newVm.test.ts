import { actions } from "./harness/actions";
import { asTemplate, type TestNode } from "./harness/node";
import { bootstrap, expectFailure, expectSuccess, installedNode, OTHERS } from "./harness/phases";
import { type Certificates, makeAuthority } from "./harness/pki";
import { installRelease } from "./harness/release";
import { setVersions, upgradableNode } from "./harness/upgrade";

/** A new VM on a data disk that holds a member: nothing there says what its data has been run by. */

let certificates: Certificates;
let template: TestNode;
let node: TestNode;

beforeAll(() => {
  certificates = makeAuthority().issue();
  template = asTemplate(upgradableNode(certificates, "3.5.33", "3.6.14"));
  // The boot disk and what runs are gone.
  for (const path of ["/etc/etcd", "/usr/local/bin/etcd", "/usr/local/bin/etcdctl", "/run/etcd-node"])
    template.remove(path);
  template.write("/fake/etcd-state", "inactive\n");
});

beforeEach(() => {
  node = template.copy();
});

const boot = (version: string, listening = OTHERS) =>
  bootstrap(node, certificates, { mode: "update", version }, listening);

const STARTED = ["start --no-block etcd", "etcd existing"];

test("it is started with the minor that the cluster is at", () => {
  expectSuccess(boot("3.5.33"));
  expect(actions(node)).toEqual(STARTED);
});

test("it is not started with a newer one, on data that nothing was shown of", () => {
  expectFailure(
    boot("3.6.14"),
    "this VM is new, its data is of a cluster at 3.5, and a minor changes only on a member that runs; " +
      "set etcdVersion to the release that the members ran, run 'pulumi up', then change it",
  );
  expect(actions(node)).toEqual([]);
  expect(node.exists("/usr/local/bin/etcd")).toBe(false);
});

test("the next run with the old one starts it", () => {
  expect(boot("3.6.14").code).toBe(1);
  expectSuccess(boot("3.5.33"));
  expect(actions(node)).toEqual(STARTED);
});

test("an older one does not begin to go back on it", () => {
  setVersions(node, "3.6.14");
  expectFailure(boot("3.5.33"), "this VM is new, its data is of a cluster at 3.6, and a minor changes only");
  expect(actions(node)).toEqual([]);
});

test("it is started with the newer one once the cluster is there: every member has run it then", () => {
  setVersions(node, "3.6.14");
  expectSuccess(boot("3.6.14"));
  expect(actions(node)).toEqual(STARTED);
});

describe("when no other member answers, as with one member or with all VMs lost, its data tells", () => {
  const withData = (data: string) => node.write("/var/lib/etcd/member/snap/db", data);

  test.each([
    ["3.5.33", "\0clusterVersion3.4.0\0clusterVersion3.5.0\0clusterVersion3.4.0", true],
    ["3.6.14", "\0clusterVersion3.4.0\0clusterVersion3.5.0\0clusterVersion3.4.0", false],
    ["3.6.14", "clusterVersion3.6.0", true],
    ["3.5.33", "clusterVersion3.5.0\0clusterVersion3.6.0", true],
    ["3.6.14", "a database that tells no version", true],
  ])("%s on %j", (version, data, starts) => {
    withData(data);
    const ran = boot(version, []);
    if (starts) expectSuccess(ran);
    else expectFailure(ran, "this VM is new, its data is of a cluster at 3.5, and a minor changes only");
    expect(actions(node)).toEqual(starts ? STARTED : []);
  });
});

test("a VM that has only been restarted goes on with what it ran", () => {
  const restarted = installedNode();
  expectSuccess(bootstrap(restarted, certificates));
  restarted.write("/fake/etcd-state", "inactive\n");
  installRelease(restarted, "3.6.14");
  setVersions(restarted, "3.5.33");
  expectSuccess(bootstrap(restarted, certificates, { mode: "update", version: "3.6.14" }, OTHERS));
  expect(restarted.link("/usr/local/bin/etcd")).toBe("/opt/etcd/v3.4.10/etcd");
});
