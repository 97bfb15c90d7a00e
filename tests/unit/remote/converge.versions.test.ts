import { actions } from "./harness/actions";
import { SEED, takeDown } from "./harness/cluster";
import { asTemplate, type TestNode } from "./harness/node";
import { converge, expectFailure, expectSuccess, reasonsOf, runningNode, VERSION } from "./harness/phases";
import { makeAuthority } from "./harness/pki";
import { installRelease } from "./harness/release";

/** What etcd itself would take and what does harm: a minor skipped or taken back, and steps that it does not support. */

const RESTARTED = ["restart etcd", "etcd existing"];
const NO_USER = "etcdserver: user name is empty";

let running: TestNode;
let node: TestNode;

beforeAll(() => {
  running = asTemplate(runningNode(makeAuthority().issue()));
});

beforeEach(() => {
  node = running.copy();
});

const answer = (server: string) =>
  JSON.stringify({ etcdserver: server, etcdcluster: `${server.split(".").slice(0, 2).join(".")}.0` });

/** What every member runs. */
const everybodyRuns = (version: string) => node.write("/fake/version", answer(version));

/** What one member runs, in a cluster that is still at 3.5. */
const runs = (ip: string, version: string) =>
  node.write(`/fake/version@${ip}`, JSON.stringify({ etcdserver: version, etcdcluster: "3.5.0" }));

function upgrade(version: string) {
  installRelease(node, version);
  return converge(node, { version });
}

function expectRefusal(version: string, expected: readonly string[]): void {
  const run = upgrade(version);
  expect(reasonsOf(run)).toEqual(expected);
  expectFailure(run, "refused, nothing was changed on controller-0");
  expect(actions(node)).toEqual([]);
  expect(node.calls(/ snapshot save /)).toEqual([]);
  expect(node.link("/usr/local/bin/etcd")).toBe(`/opt/etcd/v${VERSION}/etcd`);
}

function expectUpgrade(version: string): void {
  expectSuccess(upgrade(version));
  expect(actions(node)).toEqual(RESTARTED);
  expect(node.link("/usr/local/bin/etcd")).toBe(`/opt/etcd/v${version}/etcd`);
}

describe("3.6", () => {
  const TOO_OLD = (ip: string, version: string) =>
    `https://${ip}:2379 runs etcd ${version}, and 3.6 needs every member at 3.5.32 or later first; set etcdVersion 3.5.33`;

  test("is refused while one member runs 3.5.26", () => {
    everybodyRuns("3.5.33");
    runs(SEED[2].ip, "3.5.26");
    expectRefusal("3.6.14", [TOO_OLD(SEED[2].ip, "3.5.26")]);
  });

  test.each(["3.5.0", "3.5.9", "3.5.31"])("is refused while all run %s, this one included", (version) => {
    everybodyRuns(version);
    expectRefusal(
      "3.6.14",
      SEED.map(({ ip }) => TOO_OLD(ip, version)),
    );
  });

  test.each(["3.5.32", "3.5.33", "3.5.100"])("is taken while all run %s", (version) => {
    everybodyRuns(version);
    expectUpgrade("3.6.14");
  });

  test("is taken while another member runs it already", () => {
    everybodyRuns("3.5.33");
    runs(SEED[1].ip, "3.6.14");
    expectUpgrade("3.6.14");
  });

  test("is refused, by a member that does not say what it runs, for not being healthy", () => {
    everybodyRuns("3.5.33");
    takeDown(node, SEED[2].ip);
    expectRefusal("3.6.14", [`https://${SEED[2].ip}:2379 is not healthy`]);
  });

  test("is taken with authentication: only 3.4 to 3.5 cannot be rolled with it", () => {
    everybodyRuns("3.5.33");
    node.write("/fake/cluster/refuses-get", NO_USER);
    expectUpgrade("3.6.14");
  });
});

describe("3.5", () => {
  beforeEach(() => everybodyRuns("3.4.10"));

  test.each([NO_USER, "etcdserver: permission denied"])("is refused with authentication (%s)", (message) => {
    node.write("/fake/cluster/refuses-get", message);
    expectRefusal("3.5.33", [
      "authentication is enabled, and etcd does not support rolling from 3.4 to 3.5 with it; run 'etcdctl auth disable' first",
    ]);
  });

  test("is taken without it", () => expectUpgrade("3.5.33"));

  test("is not asked for by another 3.4, which is taken with authentication", () => {
    node.write("/fake/cluster/refuses-get", NO_USER);
    expectUpgrade("3.4.27");
  });
});
