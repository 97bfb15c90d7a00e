import { actions } from "./harness/actions";
import { SEED, setCertificates, takeDown } from "./harness/cluster";
import { asTemplate, type TestNode } from "./harness/node";
import { bootstrap, converge, expectFailure, expectSuccess, OTHERS, runningNode } from "./harness/phases";
import { type Authority, type Certificates, makeAuthority } from "./harness/pki";

/** A leaf that the same CA has renewed needs no evidence, and must get in whatever the state of the cluster. */

let authority: Authority;
let running: TestNode;
let node: TestNode;
let renewed: Certificates;

beforeAll(() => {
  authority = makeAuthority();
  running = asTemplate(runningNode(authority.issue()));
});

beforeEach(() => {
  node = running.copy();
  renewed = authority.issue();
});

/** Another certificate is laid in the place of the one that this node uses. */
function lay({ cert, key }: Omit<Certificates, "ca">): void {
  node.write("/etc/etcd/pki/current/kubernetes.pem", cert);
  node.write("/etc/etcd/pki/current/kubernetes-key.pem", key);
}

function expectRenewal(others = OTHERS): void {
  expectSuccess(bootstrap(node, renewed));
  expectSuccess(converge(node, {}, others));
  expect(node.read("/etc/etcd/kubernetes.pem")).toBe(renewed.cert);
  expect(node.read("/etc/etcd/kubernetes-key.pem")).toBe(renewed.key);
  expect(actions(node)).toEqual([]);
}

test("nothing of it is put in place on a node that cannot ask for its address, and the next run does", () => {
  const used = node.read("/etc/etcd/kubernetes.pem");
  expectSuccess(bootstrap(node, renewed));
  const address = node.read("/fake/metadata/ip");
  node.remove("/fake/metadata/ip");
  expectFailure(
    converge(node),
    "controller-0: converge: ERROR NO_METADATA: the metadata server does not answer with this VM's address, so nothing was changed",
  );
  expect(node.read("/etc/etcd/kubernetes.pem")).toBe(used);
  node.write("/fake/metadata/ip", address);
  expectSuccess(converge(node));
  expect(node.read("/etc/etcd/kubernetes.pem")).toBe(renewed.cert);
});

test("it is put in place without a look at what the others serve", () => {
  expectRenewal();
  const asked = node.calls(/^openssl s_client/).map((call) => call.split(" ")[3]);
  expect(asked.filter((address) => !address?.startsWith(node.ip))).toEqual([]);
});

test("the old pair, whose key is good until its end, is gone", () => {
  const [old, staged] = ["current", "declared"].map((name) => node.link(`/etc/etcd/pki/${name}`));
  expect(old).toBe(staged);
  for (const left of [".new.Ab12Cd", ".mixed"]) node.write(`/etc/etcd/pki/${left}/kubernetes-key.pem`, "key");
  expectRenewal();
  expect(node.list("/etc/etcd/pki")).toEqual(
    [node.link("/etc/etcd/pki/current"), "current", "declared"].sort(),
  );
  expect(node.exists(`/etc/etcd/pki/${old}`)).toBe(false);
});

test("it is put in place while another member is down", () => {
  takeDown(node, SEED[2].ip);
  expectRenewal([SEED[1].ip]);
});

test("it is put in place by converge alone as long as the old one is valid", () => {
  const before = node.read("/etc/etcd/kubernetes.pem");
  expectSuccess(bootstrap(node, renewed));
  expect(node.read("/etc/etcd/kubernetes.pem")).toBe(before);
});

describe.each([
  ["has expired", () => authority.issueExpired()],
  ["is of a CA that no one trusts", () => makeAuthority("Other").issue()],
])("once the old one %s", (_what, other) => {
  beforeEach(() => lay(other()));

  test("it is put in place", () => expectRenewal());

  test("it is put in place while the others' have expired as well", () => {
    for (const ip of OTHERS)
      setCertificates(node, ip, { ca: authority.ca, cert: authority.issueExpired().cert });
    expectRenewal();
  });

  test("it is put in place before a member is started that is down", () => {
    node.write("/fake/etcd-state", "failed\n");
    expectSuccess(bootstrap(node, renewed));
    expect(node.read("/etc/etcd/kubernetes.pem")).toBe(renewed.cert);
    expect(actions(node)).toEqual(["start --no-block etcd", "etcd existing"]);
  });

  test("one of another CA is not: that needs evidence", () => {
    const before = node.read("/etc/etcd/kubernetes.pem");
    expectSuccess(bootstrap(node, makeAuthority().issue()));
    expect(node.read("/etc/etcd/kubernetes.pem")).toBe(before);
  });
});
