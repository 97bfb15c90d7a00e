import { starts } from "./harness/actions";
import { asTemplate, type RunResult, type TestNode } from "./harness/node";
import { converge, expectFailure, expectSuccess, runningNode } from "./harness/phases";
import { makeAuthority } from "./harness/pki";

const GUARD = "/usr/local/lib/etcd-node/start-guard.sh";
const PERMIT = "/var/lib/etcd-node/start-permit.env";
const START_ENV = "/run/etcd-node/start.env";
const STARTED_WITH = "/run/etcd-node/started-with";
const AS_NEW = "INITIAL_CLUSTER_STATE=new\nINITIAL_CLUSTER=controller-0=https://10.240.0.10:2380\n";

let running: TestNode;
let node: TestNode;

beforeAll(() => {
  running = asTemplate(runningNode(makeAuthority().issue()));
});

beforeEach(() => {
  node = running.copy();
});

const guard = (): RunResult => node.run([GUARD]);

describe("with a WAL", () => {
  test("lets etcd start, without any word on how", () => {
    expectSuccess(guard());
    expect(node.exists(START_ENV)).toBe(false);
  });

  test("takes away a permit that no one used: it must not outlive the data", () => {
    node.write(PERMIT, AS_NEW);
    expectSuccess(guard());
    expect(node.exists(PERMIT)).toBe(false);
    expect(node.exists(START_ENV)).toBe(false);
  });

  test("takes away what an earlier start was given", () => {
    node.write(START_ENV, AS_NEW);
    expectSuccess(guard());
    expect(node.exists(START_ENV)).toBe(false);
  });

  test("gives the data directory the one mode that every etcd accepts", () => {
    node.run(["chmod", "0755", "/var/lib/etcd"]);
    expectSuccess(guard());
    expect(node.permissions("/var/lib/etcd")).toMatch(/^0700 /);
  });

  test("writes down what etcd is started with, by which converge sees a change", () => {
    node.remove(STARTED_WITH);
    expectSuccess(guard());
    expect(node.read(STARTED_WITH)).toMatch(/^[0-9a-f]{64}\n$/);
    expectSuccess(converge(node));
    expect(node.calls(/^systemctl restart/)).toEqual([]);
  });

  test.each([
    ["the settings", "/etc/etcd/etcd.env"],
    ["the unit", "/etc/systemd/system/etcd.service"],
    ["the CA bundle", "/etc/etcd/pki/current/ca.pem"],
    ["the build", "/opt/etcd/v3.4.10/SHA256"],
  ])("writes down something else when %s changed", (_what, path) => {
    const before = node.read(STARTED_WITH);
    node.write(path, `${node.read(path)}changed\n`);
    expectSuccess(guard());
    expect(node.read(STARTED_WITH)).not.toBe(before);
  });

  test.each(["/etc/etcd/etcd.env", "/etc/etcd/pki/current/ca.pem"])(
    "refuses for a moment only when it cannot read %s",
    (path) => {
      node.remove(path);
      expect(guard().code).toBe(255);
    },
  );

  test("writes down the same when only the leaf changed", () => {
    const before = node.read(STARTED_WITH);
    node.write("/etc/etcd/pki/current/kubernetes.pem", "another leaf\n");
    expectSuccess(guard());
    expect(node.read(STARTED_WITH)).toBe(before);
  });
});

describe("as root, with the variables of etcd's environment files,", () => {
  test("runs nothing that they name", () => {
    node.write("/tmp/evil.sh", "touch /tmp/pwned\n");
    const functions = "BASH_FUNC_mkdir%%=() { touch /tmp/pwned; }";
    const variables = [
      "BASH_ENV=/tmp/evil.sh",
      "ENV=/tmp/evil.sh",
      "SHELLOPTS=xtrace",
      "PS4=$(touch /tmp/pwned)",
    ];
    expectSuccess(node.run(["env", functions, ...variables, GUARD]));
    expect(node.exists("/tmp/pwned")).toBe(false);
  });

  test("looks at its own node, whatever root they name", () => {
    expectSuccess(node.run(["env", "NODE_ROOT=/tmp/elsewhere", GUARD]));
    expect(node.exists("/tmp/elsewhere")).toBe(false);
  });
});

describe("without a WAL", () => {
  const REFUSAL =
    "no WAL in /var/lib/etcd and no permit: the data is gone. Run 'pulumi up': it brings the member back as a new one";

  beforeEach(() => node.remove("/var/lib/etcd/member"));

  test("refuses without a permit", () => {
    expectFailure(guard(), REFUSAL);
    expect(node.exists(START_ENV)).toBe(false);
  });

  test("refuses when the directory of the WAL is all there is", () => {
    node.write("/var/lib/etcd/member/wal/0.tmp", "");
    expectFailure(guard(), REFUSAL);
  });

  test("does not go by what an earlier start was given", () => {
    node.write(START_ENV, AS_NEW);
    expectFailure(guard(), REFUSAL);
    expect(node.exists(START_ENV)).toBe(false);
  });

  test.each([
    ["another variable after a carriage return", `${AS_NEW.trim()}\rBASH_ENV=/tmp/evil\n`],
    ["another variable", `${AS_NEW}BASH_ENV=/tmp/evil\n`],
    ["another word for the state", AS_NEW.replace("=new", "=new evil")],
    ["nothing in it", ""],
  ])("refuses a permit with %s", (_what, permit) => {
    node.write(PERMIT, permit);
    expectFailure(guard(), "is not plain; remove it and run 'pulumi up'");
    expect(node.exists(START_ENV)).toBe(false);
  });

  test("uses a permit once, and up before etcd starts", () => {
    node.write(PERMIT, AS_NEW);
    expectSuccess(guard());
    expect(node.read(START_ENV)).toBe(AS_NEW);
    expect(node.exists(PERMIT)).toBe(false);
    expectFailure(guard(), REFUSAL);
    expect(node.exists(START_ENV)).toBe(false);
  });

  test("systemd's own restart of an etcd that died before its WAL is refused", () => {
    node.write("/fake/etcd-state", "failed\n");
    node.write(PERMIT, AS_NEW);
    node.write("/fake/etcd-dies", "");
    node.run(["systemctl", "start", "etcd"]);
    node.run(["systemctl", "start", "etcd"]);
    node.remove("/fake/etcd-dies");
    node.run(["systemctl", "restart", "etcd"]);
    expect(starts(node).map(({ state }) => state)).toEqual(["new"]);
  });

  test("refuses a permit as well, while the data disk is not mounted, and keeps it", () => {
    node.write(PERMIT, AS_NEW);
    node.write("/fake/not-mounted", "");
    const { code, stderr } = guard();
    expect(stderr).toContain("/var/lib/etcd is not on the data disk; mount it, or run 'pulumi up'");
    // What systemd tries again: a disk may be late.
    expect(code).toBe(255);
    expect(node.read(PERMIT)).toBe(AS_NEW);
    expect(node.exists(START_ENV)).toBe(false);
  });
});
