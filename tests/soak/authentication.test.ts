import { Cluster } from "../e2e/harness/cluster";
import { Lab } from "../e2e/harness/lab";

const lab = new Lab();
const cluster = new Cluster(lab);

beforeAll(async () => {
  await lab.boot();
  await lab.mustUp({ etcdVersion: "3.4.23" });
});
afterAll(() => lab.down());

async function turnOn(): Promise<void> {
  await lab.must("etcdctl", "user", "add", "root:x");
  await lab.must("etcdctl", "role", "add", "root");
  await lab.must("etcdctl", "user", "grant-role", "root", "root");
  await lab.must("etcdctl", "user", "add", "etcd-member", "--no-password");
}

test("3.4 stays 3.4 while it is on, though the certificates' user may all", async () => {
  await turnOn();
  await lab.must("etcdctl", "user", "grant-role", "etcd-member", "root");
  await lab.must("etcdctl", "auth", "enable");
  const output = await lab.upRefused({ etcdVersion: "3.5.33" });
  expect(output).toContain(
    "authentication is enabled, and etcd does not support rolling from 3.4 to 3.5 with it",
  );
  await lab.must("etcdctl", "auth", "disable");
  await lab.mustUp();
  await cluster.expectMembers(3);
});

test("a join waits until the certificates' user has the role root, and says so", async () => {
  await lab.must("etcdctl", "user", "revoke-role", "etcd-member", "root");
  await lab.must("etcdctl", "auth", "enable");
  await lab.must("wipe", "controller-1");
  const before = await cluster.memberIds();
  const output = await lab.upRefused({}, "--replace", "**::member-1-converge");
  expect(output).toContain("the certificates' user, etcd-member, has not the role root");
  expect(await cluster.memberIds()).toEqual(before);
  const asRoot = ["--user", "root:x"];
  await lab.must("etcdctl", ...asRoot, "user", "grant-role", "etcd-member", "root");
  await lab.mustUp({}, "--replace", "**::member-1-converge");
  await cluster.expectMembers(3);
  await cluster.expectAsDeclared();
});

test("the next minor comes with it on as well", async () => {
  await lab.mustUp({ etcdVersion: "3.6.14" });
  await cluster.expectMembers(3);
});
