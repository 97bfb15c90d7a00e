import { actions } from "./harness/actions";
import { SEED, setCertificates } from "./harness/cluster";
import { asTemplate, ETCD_ENV, type TestNode } from "./harness/node";
import {
  bootstrap,
  converge,
  expectFailure,
  expectSuccess,
  OTHERS,
  reasonsOf,
  runningNode,
} from "./harness/phases";
import { type Authority, makeAuthority } from "./harness/pki";

/** Peers that accept members alone: declared before every member has its own name, it would cut members off. */

const STRICT = `${ETCD_ENV}ETCD_PEER_CERT_ALLOWED_CN=etcd-member\n`;
const REASON = (ip: string) =>
  `https://${ip}:2379 serves a certificate without the name etcd-member, which is declared for peers; ` +
  "set peerMembersOnly to false, let one 'pulumi up' finish, then set it to true";

let authority: Authority;
let standing: TestNode;
let node: TestNode;
beforeAll(() => {
  authority = makeAuthority();
  standing = asTemplate(runningNode(authority.issue()));
});
beforeEach(() => {
  node = standing.copy();
  expectSuccess(bootstrap(node, authority.issue("etcd-member")));
  node.forgetCalls();
});

const put = (ip: string, name: string) => setCertificates(node, ip, authority.issue(name));

test("the new name is taken without a restart, while the others have the old one", () => {
  expectSuccess(converge(node));
  expect(actions(node)).toEqual([]);
});

test("a name for peers that the others do not have yet is refused, and nothing changed", () => {
  node.declare(STRICT);
  put(OTHERS[0] ?? "", "etcd-member");
  const run = converge(node);
  expect(reasonsOf(run)).toEqual([REASON(SEED[2].ip)]);
  expectFailure(run, "refused, nothing was changed on controller-0");
  expect(actions(node)).toEqual([]);
  expect(node.read("/etc/etcd/etcd.env")).toBe(ETCD_ENV);
});

test("one that only begins with it is another", () => {
  node.declare(STRICT);
  for (const ip of OTHERS) put(ip, "etcd-member-x");
  expect(reasonsOf(converge(node))).toEqual(OTHERS.map(REASON));
});

test("a name that everybody has is taken, by a restart", () => {
  node.declare(STRICT);
  for (const ip of OTHERS) put(ip, "etcd-member");
  expectSuccess(converge(node));
  expect(actions(node)).toEqual(["restart etcd", "etcd existing"]);
  expect(node.read("/etc/etcd/etcd.env")).toBe(STRICT);
});
