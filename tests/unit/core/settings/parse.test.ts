import { parseSettings, SETTING_NAMES, SettingsError } from "../../../../core/settings";
import { problemsOf } from "./problemsOf";

test("an empty stack has the seed's cluster", () => {
  expect(parseSettings({}).settings).toEqual({
    controllerCount: 3,
    acceptDataLoss: "",
    region: "us-west1",
    zones: ["us-west1-a", "us-west1-b", "us-west1-c"],
    networkName: "kubernetes-the-hard-way",
    subnetName: "kubernetes",
    subnetCidr: "10.240.0.0/24",
    machineType: "e2-standard-2",
    architecture: "amd64",
    image: "projects/debian-cloud/global/images/family/debian-12",
    bootDiskSizeGb: 20,
    dataDiskType: "pd-ssd",
    dataDiskSizeGb: 50,
    diskKmsKey: "",
    canIpForward: true,
    serviceAccountEmail: "",
    labels: {},
    deletionProtection: false,
    etcdVersion: "3.4.10",
    etcdDownloadBaseUrl: "https://github.com/etcd-io/etcd/releases/download",
    etcdSha256: "",
    quotaBackendBytes: 2147483648,
    certKeyAlgorithm: "ECDSA",
    certValidityHours: 8760,
    certEarlyRenewalHours: 720,
    caValidityHours: 87600,
    caActive: 1,
    caTrusted: [1],
    peerMembersOnly: false,
    exportCaKey: false,
    exportSshAccess: false,
    extraSans: [],
    podCidr: "10.200.0.0/16",
    serviceCidr: "10.32.0.0/24",
    apiServerSourceRanges: [],
    sshReach: "internal",
    sshSourceRanges: ["35.235.240.0/20"],
    sshDialErrorLimit: 60,
    bastion: undefined,
  });
});

test("a leading v of the version is dropped, once", () => {
  expect(parseSettings({ etcdVersion: "v3.5.33" }).settings.etcdVersion).toBe("3.5.33");
  expect(problemsOf({ etcdVersion: "vv3.5.33", etcdSha256: "a".repeat(64) })).toEqual([
    'etcdVersion: got "v3.5.33"; write MAJOR.MINOR.PATCH, such as 3.4.10',
  ]);
});

test.each(["contollerCount", "ControllerCount", "architecture", "toString", "__proto__", ""])(
  "there is no setting %j",
  (name) => {
    const raw = Object.fromEntries([[name, "3"]]);
    expect(problemsOf(raw)).toEqual([
      `${name}: got a value; there is no such setting; use one of ${SETTING_NAMES.join(", ")}`,
    ]);
  },
);

const INTEGERS = SETTING_NAMES.filter((name) => /(Count|Gb|Bytes|Hours|Active|Limit)$/.test(name));

test("the whole numbers are these", () => {
  expect(INTEGERS).toHaveLength(9);
});

test.each(
  INTEGERS.flatMap((name) =>
    ["", "x", "1.5", "3.0", " 3", "3\n", "1e3", "0x10", "+3", "null"].map((v) => [name, v]),
  ),
)("%s is no whole number as %j", (name, value) => {
  expect(problemsOf({ [name as string]: value as string })).toEqual([
    `${name}: got ${JSON.stringify(value)}; write a whole number`,
  ]);
});

test.each(
  ["deletionProtection", "exportCaKey", "exportSshAccess"].flatMap((name) =>
    ["", "yes", "True", "1", "null"].map((v) => [name, v]),
  ),
)("%s is neither true nor false as %j", (name, value) => {
  expect(problemsOf({ [name as string]: value as string })).toEqual([
    `${name}: got ${JSON.stringify(value)}; write true or false`,
  ]);
});

test.each(["deletionProtection", "exportCaKey", "exportSshAccess"] as const)("%s is read", (name) => {
  expect(parseSettings({ [name]: "true" }).settings[name]).toBe(true);
  expect(parseSettings({ [name]: "false" }).settings[name]).toBe(false);
});

const TEXT_LISTS = ["zones", "extraSans", "apiServerSourceRanges", "sshSourceRanges"];

test.each([
  ...TEXT_LISTS.flatMap((name) =>
    ["", "a,b", '"a"', "{}", "null", '["a"', "[1]", '["a",null]'].map((v) => [name, v, "strings"]),
  ),
  ...["", "1", "{}", "null", '["1"]', "[1,null]"].map((v) => ["caTrusted", v, "numbers"]),
])("%s is no list as %s", (name, value, of) => {
  expect(problemsOf({ [name as string]: value as string })).toEqual([
    `${name}: got ${JSON.stringify(value)}; write a list of ${of}`,
  ]);
});

test.each(["1.5", "null", '{"b":"c"}', "12345678901234567890"])("a label that is %s is named", (value) => {
  expect(problemsOf({ labels: `{"a":${value},"b":"c"}` })).toEqual([
    `labels.a: got ${JSON.stringify(JSON.parse(value))}; write a text; \`pulumi config set --path --type string\` keeps a number as it is`,
  ]);
});

test.each(["", "a=b", "[]", "null", '"a"'])("labels is no map as %s", (value) => {
  expect(problemsOf({ labels: value })).toEqual([
    `labels: got ${JSON.stringify(value)}; write a map of names to strings`,
  ]);
});

test("a label that config set --path has saved as a number or a boolean is its text", () => {
  const { settings } = parseSettings({ labels: '{"cost-center":4711,"pci":true,"team":"infra"}' });
  expect(settings.labels).toEqual({ "cost-center": "4711", pci: "true", team: "infra" });
});

test("Compute Engine takes 62 labels beside the provider's own and the VM's fingerprint", () => {
  const labels = (count: number) =>
    JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, i) => [`l${i}`, ""])));
  expect(problemsOf({ labels: labels(62) })).toEqual([]);
  expect(problemsOf({ labels: labels(63) })).toEqual(['labels: got "63 entries"; use 62 at most']);
});

test("everything wrong is said at once, in one error that starts with how much", () => {
  const raw = {
    contollerCount: "3",
    controllerCount: "4",
    labels: "x",
    etcdVersion: "3.5.1",
    sshReach: "telnet",
  };
  const lines = [
    `contollerCount: got a value; there is no such setting; use one of ${SETTING_NAMES.join(", ")}`,
    'labels: got "x"; write a map of names to strings',
    "controllerCount: got 4; use 1, 3, 5 or 7: an even number adds no tolerance",
    'etcdVersion: got "3.5.1"; 3.5.0 to 3.5.2 corrupt data; use 3.5.33',
    'sshReach: got "telnet"; use internal, external or bastion',
  ];
  expect(problemsOf(raw)).toEqual(lines);
  expect(() => parseSettings(raw)).toThrow(new SettingsError(lines));
  expect(new SettingsError(["a: x", "b: y"]).message).toBe(
    "2 problems in the settings; nothing was changed:\n  - a: x\n  - b: y",
  );
  expect(new SettingsError(["a: x"]).message).toBe(
    "1 problem in the settings; nothing was changed:\n  - a: x",
  );
});
