import { actions } from "./harness/actions";
import { declaredMembers, SEED, setCertificates, setCluster, takeDown } from "./harness/cluster";
import { asTemplate, type TestNode } from "./harness/node";
import {
  bootstrap,
  converge,
  expectFailure,
  expectSuccess,
  OTHERS,
  reasonsOf,
  runningNode,
} from "./harness/phases";
import { type Authority, type Certificates, makeAuthority } from "./harness/pki";

/** A CA is replaced in steps, and none is taken before the one before it is complete on every member. */

type Generation = 1 | 2;

interface Step {
  readonly trusted: readonly Generation[];
  readonly active: Generation;
}

const OLD: Step = { trusted: [1], active: 1 };
const BOTH: Step = { trusted: [1, 2], active: 1 };
const SIGNED: Step = { trusted: [1, 2], active: 2 };
const NEW: Step = { trusted: [2], active: 2 };

let authorities: Record<Generation, Authority>;
let atOld: TestNode;
let atBoth: TestNode;
let atSigned: TestNode;
let node: TestNode;

/** What the program makes for a step. */
function certificatesOf({ trusted, active }: Step): Certificates {
  return { ...authorities[active].issue(), ca: trusted.map((n) => authorities[n].ca).join("") };
}

/** Lets another member have converged with a step. */
function put(ip: string, step: Step): void {
  setCertificates(node, ip, certificatesOf(step));
}

const putOthers = (step: Step) => {
  for (const ip of OTHERS) put(ip, step);
};

function declare(step: Step, members?: number): void {
  expectSuccess(bootstrap(node, certificatesOf(step), members ? { members: declaredMembers(members) } : {}));
  node.forgetCalls();
}

/** A template that has come to `step` as the only one so far. */
function nodeAfter(template: TestNode, step: Step): TestNode {
  node = asTemplate(template.copy());
  declare(step);
  expectSuccess(converge(node));
  putOthers(step);
  node.forgetCalls();
  return node;
}

beforeAll(() => {
  // One name, as the program's generations have.
  authorities = { 1: makeAuthority(), 2: makeAuthority() };
  atOld = asTemplate(runningNode(certificatesOf(OLD)));
  atBoth = nodeAfter(atOld, BOTH);
  atSigned = nodeAfter(atBoth, SIGNED);
});

const startAt = (template: TestNode) => {
  node = template.copy();
};

const UNTRUSTED = (ip: string) =>
  `https://${ip}:2379 does not trust the CA that signs the new certificate; add that CA to caTrusted first, ` +
  "and let one 'pulumi up' finish, before caActive names it";
const STILL_SERVED = (ip: string) =>
  `https://${ip}:2379 serves a certificate of a CA that would no longer be trusted; keep that CA in caTrusted ` +
  "until caActive has moved on every member";
const everybody = (reason: (ip: string) => string) => SEED.map(({ ip }) => reason(ip));

describe.each([
  ["trusting the new CA as well,", BOTH, () => atOld, ["restart etcd", "etcd existing"]],
  ["signing by the new CA", SIGNED, () => atBoth, []],
  ["trusting the new CA alone", NEW, () => atSigned, ["restart etcd", "etcd existing"]],
] as const)("%s", (_what, step, before, expected) => {
  test.each([
    ["first", []],
    ["second", OTHERS.slice(0, 1)],
    ["last", OTHERS],
  ])("is taken by the %s member when the step before is complete", (_place, ahead) => {
    startAt(before());
    for (const ip of ahead) put(ip, step);
    declare(step);
    expectSuccess(converge(node));
    expect(actions(node)).toEqual(expected);
    for (const file of ["ca.pem", "kubernetes.pem"])
      expect(node.read(`/etc/etcd/${file}`)).toBe(node.read(`/etc/etcd/pki/declared/${file}`));
    expect(node.read("/fake/process-ca.pem")).toBe(node.read("/etc/etcd/pki/declared/ca.pem"));
  });
});

describe("refused, and nothing changed,", () => {
  function expectRefusal(step: Step, reasons: readonly string[], others = OTHERS, members = 3): void {
    declare(step, members);
    const live = () => ["ca.pem", "kubernetes.pem"].map((file) => node.read(`/etc/etcd/${file}`));
    const before = live();
    const run = converge(node, { members: declaredMembers(members) }, others);
    expect(reasonsOf(run)).toEqual(reasons);
    expectFailure(run, "refused, nothing was changed on controller-0");
    expect(actions(node)).toEqual([]);
    expect(live()).toEqual(before);
  }

  test("is another CA in one step", () => {
    startAt(atOld);
    expectRefusal(NEW, everybody(STILL_SERVED));
  });

  test("is signing by a CA in the same step that begins to trust it", () => {
    startAt(atOld);
    expectRefusal(SIGNED, everybody(UNTRUSTED));
  });

  test("is trusting the new CA alone while everybody serves a certificate of the old one", () => {
    startAt(atBoth);
    expectRefusal({ trusted: [2], active: 2 }, everybody(STILL_SERVED));
  });

  test("is signing by the new CA while one member does not trust it yet", () => {
    startAt(atBoth);
    put(SEED[2].ip, OLD);
    expectRefusal(SIGNED, [UNTRUSTED(SEED[2].ip)]);
  });

  test("is trusting the new CA alone while one member serves a certificate of the old one", () => {
    startAt(atSigned);
    put(SEED[1].ip, BOTH);
    expectRefusal(NEW, [STILL_SERVED(SEED[1].ip)]);
  });

  test("is going back to the old CA alone while the others serve certificates of the new one", () => {
    startAt(atSigned);
    expectRefusal(OLD, everybody(STILL_SERVED));
  });

  test("is any change of CA while a member does not answer", () => {
    startAt(atOld);
    expectRefusal(
      BOTH,
      [
        `https://${SEED[2].ip}:2379 does not answer, so it is unknown which CAs it trusts; bring it back before the CA changes`,
      ],
      [SEED[1].ip],
    );
  });

  test("is any change of CA while members serve a certificate and give no client an answer", () => {
    startAt(atOld);
    node.write("/fake/cluster/refuses-endpoint-health", "context deadline exceeded");
    node.write("/fake/cluster/refuses-member-list", "context deadline exceeded");
    expectRefusal(
      BOTH,
      everybody((ip) => `https://${ip}:2379 no longer answers; bring it back before the CA changes`),
    );
  });

  test("is any change of CA while a member listens without a certificate", () => {
    startAt(atOld);
    node.remove(`/fake/cluster/served@${SEED[1].ip}`);
    expectRefusal(BOTH, [
      `https://${SEED[1].ip}:2379 serves no certificate; bring it back before the CA changes`,
    ]);
  });

  test("is signing by a CA that the only member's own process does not trust", () => {
    startAt(atOld);
    setCluster(node, [SEED[0]], SEED[0].id);
    expectRefusal(SIGNED, [UNTRUSTED(SEED[0].ip)], [], 1);
  });

  test("is signing by a CA that is in place here but not in the process yet", () => {
    startAt(atOld);
    declare(BOTH);
    node.cutBefore("systemctl restart etcd");
    expect(converge(node).code).toBe(137);
    node.uncut();
    node.forgetCalls();
    expectRefusal(SIGNED, everybody(UNTRUSTED));
  });
});

describe("a rotation that was cut off", () => {
  test.each([
    ["the bundle is in place", "systemctl restart etcd"],
    ["the links are switched", "systemctl show etcd --property UnitFileState"],
  ])("after %s goes on with the restart", (_when, call) => {
    startAt(atOld);
    declare(BOTH);
    node.cutBefore(call);
    expect(converge(node).code).toBe(137);
    node.uncut();
    node.forgetCalls();
    expectSuccess(converge(node));
    expect(actions(node)).toEqual(["restart etcd", "etcd existing"]);
    expect(node.read("/fake/process-ca.pem")).toBe(certificatesOf(BOTH).ca);
  });

  test("by a member that was off goes on when it is back", () => {
    startAt(atOld);
    declare(BOTH);
    takeDown(node, SEED[2].ip);
    expect(converge(node).code).toBe(1);
    node.remove(`/fake/cluster/down@${SEED[2].ip}`);
    expectSuccess(converge(node));
    expect(actions(node)).toEqual(["restart etcd", "etcd existing"]);
  });
});
