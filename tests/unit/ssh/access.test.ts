import type { StateResource } from "../../../core/stackExport";
import { accessOf, controllersOf } from "../../../ssh/access";

const resource = (type: string, name: string, outputs: object, inputs: object = {}): StateResource => ({
  urn: `urn:pulumi:dev::etcd-on-gce::${type}::${name}`,
  type,
  name,
  inputs: inputs as Record<string, unknown>,
  outputs: outputs as Record<string, unknown>,
});

const STATE = [
  resource("tls:index:PrivateKey", "etcd-deploy-key", { privateKeyOpenssh: "KEY\n" }),
  resource("tls:index:PrivateKey", "controller-1-host-key", { publicKeyOpenssh: "ssh-ed25519 AAAA1\n" }),
  instance("controller-10"),
  instance("controller-1"),
];

function instance(name: string, ...accessConfigs: object[]): StateResource {
  const networkInterfaces = [{ networkIp: "10.240.0.11", accessConfigs }];
  return resource("gcp:compute:Instance", name, {
    name,
    zone: "us-west1-b",
    project: "p-1",
    networkInterfaces,
  });
}

const PROXY = { host: "198.51.100.4", user: "jump", port: 2222, hostKey: "ssh-ed25519 BBBB" };
const BEHIND = [
  ...STATE,
  resource("command:remote:Command", "member-1-install", {}, { connection: { proxy: PROXY } }),
];

test("the controllers of a state, in order", () => {
  expect(controllersOf(STATE)).toEqual(["controller-1", "controller-10"]);
});

test("without a public address or a bastion: Google's tunnel", () => {
  expect(accessOf(STATE, "controller-1", false)).toEqual({
    way: "iap",
    privateKey: "KEY\n",
    knownHosts: "controller-1 ssh-ed25519 AAAA1\n",
    target: "etcd-deploy@10.240.0.11",
    options: {
      HostKeyAlias: "controller-1",
      ProxyCommand:
        "gcloud compute start-iap-tunnel controller-1 %p --listen-on-stdin --zone=us-west1-b --project=p-1 --verbosity=warning",
    },
  });
});

test("with a public address: a direct connection", () => {
  const state = [...STATE.slice(0, 2), instance("controller-1", { natIp: "203.0.113.9" })];
  expect(accessOf(state, "controller-1", false)).toMatchObject({
    way: "direct",
    target: "etcd-deploy@203.0.113.9",
    options: { HostKeyAlias: "controller-1" },
  });
});

test("behind a bastion: over it, its key pinned as well", () => {
  expect(accessOf(BEHIND, "controller-1", false)).toMatchObject({
    way: "bastion",
    target: "etcd-deploy@10.240.0.11",
    bastion: { target: "jump@198.51.100.4", port: 2222 },
    knownHosts: "controller-1 ssh-ed25519 AAAA1\nbastion ssh-ed25519 BBBB\n",
  });
});

test.each([STATE, BEHIND])("from inside: its own address, over nothing", (...state) => {
  const access = accessOf(state, "controller-1", true);
  expect(access).toMatchObject({ way: "direct", target: "etcd-deploy@10.240.0.11" });
  expect(access.options).toEqual({ HostKeyAlias: "controller-1" });
  expect(access.bastion).toBeUndefined();
});

test("what the state does not have is named", () => {
  expect(() => accessOf(STATE, "controller-7", false)).toThrow(
    "controller: got controller-7; the stack has controller-1, controller-10",
  );
  expect(() => accessOf([], "controller-0", false)).toThrow("none; run `pulumi up` first");
  expect(() => accessOf(STATE, "controller-10", false)).toThrow(
    "controller-10-host-key is not in the stack's state",
  );
});
