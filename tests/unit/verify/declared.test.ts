import { readStackExport } from "../../../core/stackExport";
import { declaredCluster } from "../../../verify/declared";
import { CERTIFICATES, CONTROLLERS, stackExport } from "./cluster";

const read = (state: unknown) => declaredCluster(readStackExport(JSON.stringify(state)));
const without = (name: string) => {
  const state = stackExport();
  state.deployment.resources = state.deployment.resources.filter(
    ({ urn }) => !String(urn).endsWith(`::${name}`),
  );
  return state;
};

test("a member is read from its commands, secrets in the clear", () => {
  const { members, memberList } = read(stackExport());
  expect(members.map(({ controller }) => controller)).toEqual([
    "controller-0",
    "controller-1",
    "controller-2",
  ]);
  expect(memberList).toHaveLength(3);
  expect(members[1]).toMatchObject({
    ip: "10.240.0.11",
    instanceId: "100",
    version: "3.4.10",
    sha256: "a".repeat(64),
    initialCluster: CONTROLLERS.map((c) => `${c.name}=${c.peerUrl}`).join(","),
    certificates: CERTIFICATES,
    ssh: {
      host: "10.240.0.11",
      port: 22,
      user: "etcd-deploy",
      privateKey: "the key",
      hostKey: "ssh-ed25519 AAAA1",
    },
    install: "member-1-install",
  });
  expect(members[1]?.ssh.bastion).toBeUndefined();
  expect(members[1]?.files.map(({ path }) => path)).toContain("/var/lib/etcd-node/declared/etcd.service");
});

test("a bastion is read from the connection's proxy", () => {
  const state = stackExport();
  const proxy = { host: "198.51.100.1", port: 2222, user: "jump", privateKey: "k", hostKey: "ssh-ed25519 B" };
  for (const resource of state.deployment.resources) {
    const inputs = resource.inputs as Record<string, unknown>;
    if (inputs.connection)
      inputs.connection = { host: "h", user: "u", privateKey: "k", hostKey: "ssh-ed25519 A", proxy };
  }
  expect(read(state).members[0]?.ssh.bastion).toEqual(proxy);
});

test("a cluster that was never brought up to its end cannot be compared", () => {
  expect(() => read(without("etcd-membership"))).toThrow("run `pulumi up` to its end first");
});

test.each([
  ["member-1-converge", ["member-1-converge"]],
  ["member-1-bootstrap", ["member-1-bootstrap"]],
])("a member whose %s is still to come is left out, and told", (name, toCome) => {
  const declared = read(without(name));
  expect(declared.members.map(({ controller }) => controller)).toEqual(["controller-0", "controller-2"]);
  expect(declared.toCome).toEqual(toCome);
});

test("a resource that waits for its deletion is not declared", () => {
  const state = stackExport();
  for (const resource of state.deployment.resources) {
    if (String(resource.urn).includes("member-2-")) resource.delete = true;
  }
  expect(read(state).members).toHaveLength(2);
});

test("an export without --show-secrets, or something else, is refused without a quote of it", () => {
  const hidden = JSON.stringify(stackExport()).replaceAll('"plaintext"', '"ciphertext"');
  expect(() => readStackExport(hidden)).toThrow("export it with --show-secrets");
  expect(() => readStackExport("hunter2")).toThrow(/^the stack export is not JSON$/);
  expect(() => declaredCluster(readStackExport("{}"))).toThrow("no member list yet");
});
