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
  expect(renderEtcdEnv({ etcdVersion, architecture, quotaBackendBytes: QUOTA })).toBe(
    [...COMMON, ...more, ""].join("\n"),
  );
});

test("the quota is the setting's, in full digits", () => {
  const text = renderEtcdEnv({ etcdVersion: "3.5.33", architecture: "amd64", quotaBackendBytes: 8589934592 });
  expect(text.split("\n")[1]).toBe("ETCD_QUOTA_BACKEND_BYTES=8589934592");
});

test("no flag of the unit is given a second time, which etcd refuses", () => {
  const text = renderEtcdEnv({ etcdVersion: "3.4.10", architecture: "arm64", quotaBackendBytes: QUOTA });
  expect(text).not.toMatch(/^ETCD_(NAME|INITIAL_|DATA_DIR|LISTEN_(PEER|CLIENT)|ADVERTISE|.*_FILE|.*_AUTH)/m);
});

test("a version that is none is an error", () => {
  expect(() =>
    renderEtcdEnv({ etcdVersion: "3.4", architecture: "amd64", quotaBackendBytes: QUOTA }),
  ).toThrow(new Error('etcdVersion: got "3.4"; write MAJOR.MINOR.PATCH'));
});
