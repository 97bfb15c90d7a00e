import { actions } from "./harness/actions";
import { liveMembers, SEED, setCluster } from "./harness/cluster";
import { asTemplate, type TestNode } from "./harness/node";
import {
  converge,
  expectFailure,
  expectSuccess,
  membership,
  reasonsOf,
  runningNode,
  VERSION,
} from "./harness/phases";
import { makeAuthority } from "./harness/pki";
import { installRelease } from "./harness/release";
import { setVersions } from "./harness/upgrade";

const NO_ROLE = "authentication is enabled, and the certificates' user, kubernetes, has not the role root";

let running: TestNode;
let node: TestNode;

beforeAll(() => {
  running = asTemplate(runningNode(makeAuthority().issue()));
  setVersions(running, VERSION);
  installRelease(running, "3.5.33");
});

beforeEach(() => {
  node = running.copy();
});

const turnOn = (mayAll: "yes" | "no") => node.write("/fake/cluster/auth", mayAll);

test.each(["yes", "no"] as const)(
  "3.4 does not become 3.5 with authentication on, may the certificate all: %s",
  (mayAll) => {
    turnOn(mayAll);
    expect(reasonsOf(converge(node, { version: "3.5.33" }))).toEqual([
      expect.stringMatching(
        /^authentication is enabled, and etcd does not support rolling from 3.4 to 3.5 with it/,
      ),
    ]);
    expect(actions(node)).toEqual([]);
  },
);

describe("a join", () => {
  beforeEach(() => {
    node.write("/fake/etcd-state", "failed\n");
    node.remove("/var/lib/etcd/member");
  });

  test("goes on when the certificate's user may all", () => {
    turnOn("yes");
    expectSuccess(converge(node));
  });

  test("is refused with the reason, and nothing removed, when it may not", () => {
    turnOn("no");
    const before = liveMembers(node);
    expect(reasonsOf(converge(node))).toEqual([expect.stringContaining(NO_ROLE)]);
    expect(liveMembers(node)).toBe(before);
    expect(actions(node)).toEqual([]);
  });
});

test("a member that is no longer declared stays, and the reason is told", () => {
  setCluster(node, [...SEED, { id: "c3", name: "controller-3", ip: "10.240.0.13" }]);
  turnOn("no");
  const run = membership(node);
  expectFailure(run, "refused, and controller-3 was not removed, for the reasons above");
  expect(reasonsOf(run)).toEqual([expect.stringContaining(NO_ROLE)]);
  expect(actions(node)).toEqual([]);
});
