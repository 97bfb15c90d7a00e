import { actions } from "./harness/actions";
import { setCluster, takeDown } from "./harness/cluster";
import { asTemplate, ETCD_ENV, type RunResult, type TestNode } from "./harness/node";
import { bootstrap, converge, expectFailure, expectSuccess, installedNode } from "./harness/phases";
import { type Certificates, makeAuthority } from "./harness/pki";

/** In the `up` that creates the cluster, what bootstrap has just done is not looked at again. */

const CREATED = "/run/etcd-node/created";
const SHORT = "created with what is declared";
const LOOKED = "runs what is declared";

let certificates: Certificates;
let created: TestNode;
/** What bootstrap has printed, which converge gets. */
let printed: string;
let node: TestNode;

beforeAll(() => {
  const fresh = installedNode();
  certificates = makeAuthority().issue();
  const run = bootstrap(fresh, certificates);
  expectSuccess(run);
  printed = run.stdout;
  setCluster(fresh);
  fresh.forgetCalls();
  created = asTemplate(fresh);
});

beforeEach(() => {
  node = created.copy();
});

function convergeAfter(stdin: string): RunResult {
  return converge(node, {}, undefined, { stdin });
}

/** Whose health was asked for. */
const asked = () =>
  node.calls(/^etcdctl .*endpoint health/).map((call) => /--endpoints=(\S+)/.exec(call)?.[1]);

test("converge asks a founder for its own health and for nothing else", () => {
  const run = convergeAfter(printed);
  expectSuccess(run);
  expect(run.stderr).toContain(SHORT);
  expect(asked()).toEqual(["https://127.0.0.1:2379"]);
  expect(node.calls(/^(etcdctl|openssl|curl) /)).toHaveLength(1);
  expect(actions(node)).toEqual([]);
  expect(node.read("/mnt/disks/etcd/next-vm")).toBe("next\n");
});

test("once: converge that runs again, though bootstrap has not, looks at all of it", () => {
  expectSuccess(convergeAfter(printed));
  node.declare(`${ETCD_ENV}ETCD_PRE_VOTE=true\n`);
  const again = convergeAfter(printed);
  expectSuccess(again);
  expect(again.stderr).not.toContain(SHORT);
  expect(actions(node)).toEqual(["restart etcd", "etcd existing"]);
});

test.each([
  ["another run of bootstrap", "run 5d4c1c3e-1111-4222-8333-444455556666\n"],
  ["nothing", ""],
  ["an empty line", "\n"],
])("after %s, converge looks at all of it, now and later", (_what, stdin) => {
  const run = convergeAfter(stdin);
  expectSuccess(run);
  expect(run.stderr).toContain(LOOKED);
  expect(node.exists(CREATED)).toBe(false);
  expect(convergeAfter(printed).stderr).toContain(LOOKED);
});

test("where the record is empty, as a full disk leaves it, converge looks at all of it", () => {
  node.write(CREATED, "");
  expect(convergeAfter("").stderr).toContain(LOOKED);
});

test("where etcd was started with other settings, as by a run of bootstrap that was killed, it is restarted", () => {
  node.write("/run/etcd-node/started-with", "another\n");
  const run = convergeAfter(printed);
  expectSuccess(run);
  expect(run.stderr).not.toContain(SHORT);
  expect(actions(node)).toContain("restart etcd");
});

test("where it is unknown with what etcd was started, converge looks at all of it", () => {
  node.remove("/run/etcd-node/started-with");
  expect(convergeAfter(printed).stderr).not.toContain(SHORT);
});

test("after a later bootstrap that failed, converge looks at all of it", () => {
  const damaged = { ...certificates, key: "no key\n" };
  expectFailure(bootstrap(node, damaged, { mode: "update" }), "CERTIFICATES_DAMAGED");
  expect(convergeAfter(printed).stderr).toContain(LOOKED);
});

test("a founder that is not healthy soon is looked at as any other member", () => {
  takeDown(node, node.ip);
  node.write("/fake/etcd-state", "failed\n");
  const run = convergeAfter(printed);
  expect(run.stderr).not.toContain(SHORT);
  expect(actions(node)).toContain("restart etcd");
});

test("a bootstrap that creates nothing leaves no record", () => {
  node.remove(CREATED);
  expectSuccess(bootstrap(node, makeAuthority().issue()));
  expect(node.exists(CREATED)).toBe(false);
});
