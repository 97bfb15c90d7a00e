import { renderEtcdEnv } from "../../../../core/node/etcdEnv";

const QUOTA = 2147483648;

const COMMON = [
  "INITIAL_CLUSTER_TOKEN=etcd-cluster-0",
  "ETCD_QUOTA_BACKEND_BYTES=2147483648",
  "ETCD_LISTEN_METRICS_URLS=http://127.0.0.1:2381",
  "ETCD_LOGGER=zap",
];

test.each([
  ["3.4.10", "amd64", ["ETCD_PRE_VOTE=true"]],
  ["3.4.45", "amd64", ["ETCD_PRE_VOTE=true"]],
  ["3.4.10", "arm64", ["ETCD_PRE_VOTE=true", "ETCD_UNSUPPORTED_ARCH=arm64"]],
  ["3.5.0", "amd64", []],
  ["3.5.33", "arm64", []],
  ["3.6.14", "amd64", []],
] as const)("etcd %s on %s", (etcdVersion, architecture, more) => {
  expect(renderEtcdEnv({ etcdVersion, architecture, quotaBackendBytes: QUOTA, peerMembersOnly: false })).toBe(
    [...COMMON, ...more, ""].join("\n"),
  );
});

test("the quota is the setting's, in full digits", () => {
  const text = renderEtcdEnv({
    etcdVersion: "3.5.33",
    architecture: "amd64",
    quotaBackendBytes: 8589934592,
    peerMembersOnly: false,
  });
  expect(text.split("\n")[1]).toBe("ETCD_QUOTA_BACKEND_BYTES=8589934592");
});

test("peers accept members alone when that is declared, and not before: a member that restarts would be cut off", () => {
  const env = (peerMembersOnly: boolean) =>
    renderEtcdEnv({
      etcdVersion: "3.5.33",
      architecture: "amd64",
      quotaBackendBytes: QUOTA,
      peerMembersOnly,
    });
  expect(env(true)).toBe(`${env(false)}ETCD_PEER_CERT_ALLOWED_CN=etcd-member\n`);
});

test("no flag of the unit is given a second time, which etcd refuses", () => {
  const text = renderEtcdEnv({
    etcdVersion: "3.4.10",
    architecture: "arm64",
    quotaBackendBytes: QUOTA,
    peerMembersOnly: false,
  });
  expect(text).not.toMatch(/^ETCD_(NAME|INITIAL_|DATA_DIR|LISTEN_(PEER|CLIENT)|ADVERTISE|.*_FILE|.*_AUTH)/m);
});

test("a version that is none is an error", () => {
  expect(() =>
    renderEtcdEnv({
      etcdVersion: "3.4",
      architecture: "amd64",
      quotaBackendBytes: QUOTA,
      peerMembersOnly: false,
    }),
  ).toThrow(new Error('etcdVersion: got "3.4"; write MAJOR.MINOR.PATCH'));
});
