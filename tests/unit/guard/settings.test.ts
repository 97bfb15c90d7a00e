import { DECLARED_DIR, NODE_LIB_DIR } from "../../../core/node/layout";
import { judgePreview, renderMarkdown, renderTerminal } from "../../../guard";
import type { PreviewStep } from "../../../guard/preview";
import { UNKNOWN_VALUE } from "../../../guard/preview";
import { installs, preview, sshRule, stack, step } from "./steps";

const settingsOf = (steps: PreviewStep[], config: Record<string, string> = {}) =>
  judgePreview(preview([stack(3), ...steps], config)).settings.map(({ setting, from, to }) => [
    setting,
    from,
    to,
  ]);
const updates = (kind: Parameters<typeof step>[1], name: string, old: object, now: object) =>
  step("update", kind, name, { old: { ...old }, new: { ...now } });
const env = (bytes: number) => ({ [`${DECLARED_DIR}/etcd.env`]: `ETCD_QUOTA_BACKEND_BYTES=${bytes}\n` });

/** One resource's change, and the setting that it shows. */
test.each<[string, PreviewStep, unknown[]]>([
  ["a quota", installs(0, env(2 ** 31), env(2 ** 32)), ["quotaBackendBytes", "2 GiB", "4 GiB"]],
  [
    "a quota of MiB",
    installs(0, env(2 ** 31), env(2 ** 31 + 2 ** 20)),
    ["quotaBackendBytes", "2 GiB", "2049 MiB"],
  ],
  [
    "an odd quota",
    installs(0, env(2 ** 31), env(2 ** 31 + 1)),
    ["quotaBackendBytes", "2 GiB", "2147483649 bytes"],
  ],
  [
    "peers for members alone",
    installs(0, env(2 ** 31), {
      [`${DECLARED_DIR}/etcd.env`]:
        "ETCD_QUOTA_BACKEND_BYTES=2147483648\nETCD_PEER_CERT_ALLOWED_CN=etcd-member\n",
    }),
    ["peerMembersOnly", "false", "true"],
  ],
  [
    "a mirror",
    installs(0, { url: "https://a.example/e/v3.4.27/x.tgz" }, { url: "https://b.example/e/v3.4.27/x.tgz" }),
    ["etcdDownloadBaseUrl", undefined, undefined],
  ],
  [
    "labels",
    updates("vm", "controller-0", { labels: {} }, { labels: { a: "b" } }),
    ["labels", undefined, undefined],
  ],
  ["SSH", sshRule("update", ["192.0.2.0/24", "10.240.0.0/24"]), ["sshSourceRanges", "[]", "[192.0.2.0/24]"]],
  [
    "API servers",
    step("create", "firewall", "etcd-network-etcd-clients", { new: { sourceRanges: ["192.0.2.0/24"] } }),
    ["apiServerSourceRanges", "[]", "[192.0.2.0/24]"],
  ],
  [
    "a name",
    updates("request", "etcd-pki-kubernetes-request", { dnsNames: ["a"] }, { dnsNames: ["b"] }),
    ["extraSans", undefined, undefined],
  ],
  [
    "a size",
    updates("disk", "controller-0-data", { size: 50 }, { size: 60 }),
    ["dataDiskSizeGb", "50", "60"],
  ],
  [
    "a subnet",
    updates(
      "subnet",
      "etcd-network-subnet",
      { ipCidrRange: "10.240.0.0/24" },
      { ipCidrRange: "10.9.0.0/24" },
    ),
    ["subnetCidr", "10.240.0.0/24", "10.9.0.0/24"],
  ],
  [
    "the rule of SSH, with another subnet",
    updates(
      "firewall",
      "etcd-network-ssh",
      { sourceRanges: ["192.0.2.0/24", "10.240.0.0/24"] },
      { sourceRanges: ["192.0.2.0/24", "10.9.0.0/24"] },
    ),
    [],
  ],
  [
    "a key of disks",
    updates("disk", "controller-0-data", {}, { diskEncryptionKey: { kmsKeySelfLink: "projects/p/k" } }),
    ["diskKmsKey", undefined, undefined],
  ],
  [
    "forwarding",
    updates("vm", "controller-0", { canIpForward: true }, { canIpForward: false }),
    ["canIpForward", "true", "false"],
  ],
  [
    "an account",
    updates("vm", "controller-0", { serviceAccount: { email: "a" } }, { serviceAccount: { email: "b" } }),
    ["serviceAccountEmail", undefined, undefined],
  ],
  [
    "protection",
    updates("vm", "controller-0", {}, { deletionProtection: true }),
    ["deletionProtection", "false", "true"],
  ],
])("%s", (_, change, expected) => {
  expect(settingsOf([change])).toEqual(expected.length > 0 ? [expected] : []);
});

test("a change that comes with a newer program, which puts the files in place in another way", () => {
  const change = installs(0, env(2 ** 31), env(2 ** 32));
  const inputs = change.oldState?.inputs as Record<string, unknown>;
  inputs.stdin = String(inputs.stdin).replace(/^.*?^main/ms, "place() { :; }\nmain");
  expect(settingsOf([change])).toEqual([["quotaBackendBytes", "2 GiB", "4 GiB"]]);
  const { files, rows } = judgePreview(preview([stack(3), change]));
  expect(files.map(({ file }) => file)).toEqual(["etcd.env", "what puts them in place"]);
  expect(rows.map(({ what }) => what)).toEqual(["scripts that run as root changed: what puts them in place"]);
});

test("what is hidden until `up` comes from the stack's settings", () => {
  const vm = updates("vm", "controller-0", { machineType: "e2-standard-2" }, { machineType: UNKNOWN_VALUE });
  expect(settingsOf([vm], { "etcd-on-gce:machineType": "e2-standard-4" })).toEqual([
    ["machineType", "e2-standard-2", "e2-standard-4"],
  ]);
  expect(settingsOf([vm], { "etcd-on-gce:machineType": "[secret]" })).toEqual([]);
});

test("the export of a key is a change of a setting, though no resource changes", () => {
  expect(settingsOf([], { "etcd-on-gce:exportCaKey": "true" })).toEqual([["exportCaKey", "false", "true"]]);
  expect(settingsOf([], { "etcd-on-gce:exportCaKey": "false" })).toEqual([]);
});

test("a member that joins changes the number, not the version", () => {
  const joins = [step("create", "vm", "controller-3"), step("create", "vm", "controller-4")];
  expect(settingsOf(joins)).toEqual([["controllerCount", "3", "5"]]);
});

describe("a key that is planted in every file and setting", () => {
  const KEYS = [
    "hunter2-planted",
    "AKIAIOSFODNN7EXAMPLE",
    "0123456789abcdef".repeat(4),
    "c2VjcmV0LXBsYW50ZWQ=",
  ];

  test.each(KEYS)("%s is in no rendering", (key) => {
    const files = (text: string) => ({
      [`${DECLARED_DIR}/etcd.env`]: `ETCD_QUOTA_BACKEND_BYTES=${text}\nETCD_LOGGER=${text}\nTOKEN=${text}\n${text}\n${text}=\n`,
      [`${DECLARED_DIR}/etcd.service`]: `Environment=A=${text}\nRestartSec=${text}\nExecStart=/x --a=${text}\n  --b ${text}\n# ${text}\n${text}\n`,
      [`${NODE_LIB_DIR}/converge.sh`]: `curl -H ${text}\n`,
      url: `https://me:${text}@example.com/v3.4.27/etcd.tar.gz`,
    });
    const inputs = (text: string) => ({
      name: text,
      region: text,
      zone: text,
      machineType: text,
      type: text,
      size: text,
      labels: { [`a-${text}`]: text },
      bootDisk: { initializeParams: { image: text, size: text } },
      algorithm: text,
      validityPeriodHours: text,
      earlyRenewalHours: text,
      deletionProtection: text,
      ipCidrRange: text,
      canIpForward: text,
      diskEncryptionKey: { kmsKeySelfLink: text },
      serviceAccount: { email: text },
      dnsNames: [text],
      ipAddresses: [text, text],
      sourceRanges: [text],
    });
    const config = Object.fromEntries(
      ["machineType", "quotaBackendBytes", "exportCaKey", "labels", "bastion", "extraSans"].map((name) => [
        `etcd-on-gce:${name}`,
        key,
      ]),
    );
    const both = [inputs("old"), inputs(key)] as const;
    const report = judgePreview(
      preview(
        [
          stack(3),
          installs(0, files("old"), files(key)),
          updates("vm", "controller-0", ...both),
          updates("disk", "controller-0-data", ...both),
          updates("vpc", "etcd-network", ...both),
          updates("subnet", "etcd-network-subnet", ...both),
          updates("key", "etcd-pki-controller-0-key", ...both),
          updates("leaf", "etcd-pki-controller-0", ...both),
          updates("request", "etcd-pki-kubernetes-request", ...both),
          updates("firewall", "etcd-network-ssh", ...both),
          updates("firewall", "etcd-network-api", ...both),
        ],
        config,
      ),
    );
    const changed = report.settings.map(({ setting }) => setting);
    for (const setting of [
      "networkName",
      "machineType",
      "labels",
      "quotaBackendBytes",
      "certValidityHours",
      "extraSans",
    ])
      expect(changed).toContain(setting);
    expect(report.files.map(({ file }) => file)).toEqual(["etcd.service", "etcd.env", "converge.sh"]);
    for (const text of [
      JSON.stringify(report),
      renderMarkdown(report),
      renderTerminal(report, { isColoured: true }),
    ])
      expect(text).not.toContain(key);
  });
});
