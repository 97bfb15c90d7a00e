import { actions } from "./harness/actions";
import { asTemplate, type TestNode } from "./harness/node";
import {
  converge,
  expectFailure,
  expectSuccess,
  LISTENING,
  reasonsOf,
  runningNode,
  VERSION,
} from "./harness/phases";
import { makeAuthority } from "./harness/pki";
import { installRelease } from "./harness/release";

/** One minor at a time, and never back, by the version that the cluster has agreed on. */

let running: TestNode;
let node: TestNode;

beforeAll(() => {
  running = asTemplate(runningNode(makeAuthority().issue()));
});

beforeEach(() => {
  node = running.copy();
});

/** Lets the cluster be at a version; every member says so. */
function clusterAt(version: string): void {
  const answer = `{"etcdserver":"${VERSION}","etcdcluster":"${version}"}`;
  for (const ip of LISTENING) node.write(`/fake/version@${ip}`, answer);
}

function expectRefusal(version: string, reason: string): void {
  installRelease(node, version);
  const run = converge(node, { version });
  expect(reasonsOf(run)).toEqual([reason]);
  expectFailure(run, "refused, nothing was changed on controller-0");
  expect(actions(node)).toEqual([]);
  expect(node.link("/usr/local/bin/etcd")).toBe(`/opt/etcd/v${VERSION}/etcd`);
}

function expectRestart(version: string): void {
  installRelease(node, version);
  node.forgetCalls();
  expectSuccess(converge(node, { version }));
  expect(actions(node)).toEqual(["restart etcd", "etcd existing"]);
  expect(node.link("/usr/local/bin/etcd")).toBe(`/opt/etcd/v${version}/etcd`);
}

const SKIPS = "the cluster is at 3.4 and etcdVersion 3.6.14 skips a minor; upgrade to 3.5 first";

test("refuses to skip a minor, naming the next one", () => {
  clusterAt("3.4.0");
  expectRefusal("3.6.14", SKIPS);
});

test("asks the next member when one does not tell the cluster's version", () => {
  clusterAt("3.4.0");
  node.write(`/fake/version@${node.ip}`, "");
  expectRefusal("3.6.14", SKIPS);
});

test("refuses a downgrade of the cluster", () => {
  clusterAt("3.5.0");
  expectRefusal(
    "3.4.27",
    "the cluster is at 3.5 and etcdVersion 3.4.27 is older: etcd cannot go back; set etcdVersion 3.5.x",
  );
});

test.each(["3.4.27", "3.5.33"])("lets 3.4 go to %s", (version) => {
  clusterAt("3.4.0");
  expectRestart(version);
});

test("lets a member go back while the upgrade is not over: the cluster version is the old one", () => {
  clusterAt("3.4.0");
  expectRestart("3.5.33");
  node.write(`/fake/version@${node.ip}`, '{"etcdserver":"3.5.33","etcdcluster":"3.4.0"}');
  expectRestart(VERSION);
});
