import { parseSettings } from "../../../../core/settings";
import { seriesOf } from "../../../../core/settings/machineSeries";
import { problemsOf } from "./problemsOf";

const GCE_NAME = "write a GCE name: lower case, digits and hyphens";
const COUNT = "use 1, 3, 5 or 7: an even number adds no tolerance";
const ZONES = "write zones of region us-west1, such as us-west1-a";
const IMAGE = "write projects/PROJECT/global/images/family/FAMILY, or …/images/NAME";
const DISK = "etcd needs fast fsync; use one of pd-ssd, pd-balanced, hyperdisk-balanced";
const LABEL = "use lower case, digits, - and _; a key starts with a letter; 63 characters at most";
const ARM_IMAGE = "machineType t2a-standard-1 is Arm; use an arm64 image, such as family/debian-12-arm64";
const X86_IMAGE = "machineType e2-standard-2 is x86; use an amd64 image, such as family/debian-12";
const ARM = "projects/debian-cloud/global/images/family/debian-12-arm64";
const FAMILY = "name an image, …/images/NAME: families are taken of debian-cloud and ubuntu-os-cloud alone";
const SERIES = "use one of c2, c2d, c3, c3d, c4, c4a, c4d, e2, n1, n2, n2d, n4, n4a, n4d, t2a, t2d";
const KMS = "write projects/PROJECT/locations/REGION/keyRings/RING/cryptoKeys/KEY";
const ACCOUNT = "write NAME@PROJECT.iam.gserviceaccount.com";
const RANGE = "write an IPv4 range such as 10.240.0.0/24, of /8 to /27, with zero host bits";
const LONG = "a".repeat(51);

const BAD: [setting: string, raw: string, line: string][] = [
  ...["-1", "0", "2", "4", "6", "8", "9"].map((n): [string, string, string] => [
    "controllerCount",
    n,
    `controllerCount: got ${n}; ${COUNT}`,
  ]),
  ["zones", "[]", "zones: got []; write at least one zone of region us-west1"],
  ["zones", '["us-west1"]', `zones: got "us-west1"; ${ZONES}`],
  ["zones", '["us-west1-a","us-east1-b"]', `zones: got "us-east1-b"; ${ZONES}`],
  ["zones", '["us-west1-ab"]', `zones: got "us-west1-ab"; ${ZONES}`],
  ["zones", '["us-west1-A"]', `zones: got "us-west1-A"; ${ZONES}`],
  ["zones", '["us-west1-a","us-west1-a"]', 'zones: got ["us-west1-a","us-west1-a"]; write each zone once'],
  ...["networkName", "subnetName", "machineType"].flatMap((name): [string, string, string][] =>
    ["", "A", "1a", "a-", "a_b", "a b", "a\n"].map((v) => [
      name,
      v,
      `${name}: got ${JSON.stringify(v)}; ${GCE_NAME}`,
    ]),
  ),
  [
    "networkName",
    LONG,
    `networkName: got "${LONG}"; use 50 characters at most: firewall rules are named after it`,
  ],
  ["subnetName", "a".repeat(64), `subnetName: got "${"a".repeat(64)}"; ${GCE_NAME}`],
  ...[
    "",
    "debian-12",
    "family/debian-12",
    "projects/p/images/x",
    "projects//global/images/x",
    "projects/p/global/images/a/b",
  ].map((v): [string, string, string] => ["image", v, `image: got "${v}"; ${IMAGE}`]),
  ["image", ARM, `image: got "${ARM}"; ${X86_IMAGE}`],
  ...["golden", "rocky-linux-cloud", "ubuntu-os-pro-cloud"].map((project): [string, string, string] => {
    const image = `projects/${project}/global/images/family/f`;
    return ["image", image, `image: got "${image}"; ${FAMILY}`];
  }),
  ...["m3-ultramem-32", "a2-highgpu-1g", "default"].map((type): [string, string, string] => [
    "machineType",
    type,
    `machineType: got "${type}"; which disks ${type.split("-")[0]} takes is not known here; ${SERIES}`,
  ]),
  [
    "dataDiskType",
    "hyperdisk-balanced",
    'dataDiskType: got "hyperdisk-balanced"; machineType e2-standard-2 takes pd-ssd or pd-balanced',
  ],
  ...["my-key", "projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1"].map(
    (key): [string, string, string] => ["diskKmsKey", key, `diskKmsKey: got "${key}"; ${KMS}`],
  ),
  ["serviceAccountEmail", "etcd", `serviceAccountEmail: got "etcd"; ${ACCOUNT}`],
  ["serviceAccountEmail", "me@example.com", `serviceAccountEmail: got "me@example.com"; ${ACCOUNT}`],
  ...["", "10.240.0.0", "10.240.0.1/24", "10.240.0.0/28", "192.0.0.0/7"].map(
    (range): [string, string, string] => ["subnetCidr", range, `subnetCidr: got "${range}"; ${RANGE}`],
  ),
  ...["8.0.0.0/9", "127.0.0.0/8", "198.18.0.0/15"].map((range): [string, string, string] => [
    "subnetCidr",
    range,
    `subnetCidr: got "${range}"; ports 22, 2379, 2380 and 6443 are open to it; use a private range, of RFC 1918 or 6598`,
  ]),
  ["bootDiskSizeGb", "9", "bootDiskSizeGb: got 9; use 10 to 2048"],
  ["bootDiskSizeGb", "2049", "bootDiskSizeGb: got 2049; use 10 to 2048"],
  ["dataDiskSizeGb", "9", "dataDiskSizeGb: got 9; use 10 to 2048"],
  ["dataDiskSizeGb", "2049", "dataDiskSizeGb: got 2049; use 10 to 2048"],
  ["dataDiskType", "pd-standard", `dataDiskType: got "pd-standard"; ${DISK}`],
  ["dataDiskType", "", `dataDiskType: got ""; ${DISK}`],
  ["labels", '{"Team":"x"}', `labels.Team: got "x"; ${LABEL}`],
  ["labels", '{"1a":"x"}', `labels.1a: got "x"; ${LABEL}`],
  ["labels", '{"team":"X"}', `labels.team: got "X"; ${LABEL}`],
  ["labels", '{"team":"a.b"}', `labels.team: got "a.b"; ${LABEL}`],
  ["labels", `{"${"k".repeat(64)}":""}`, `labels.${"k".repeat(64)}: got ""; ${LABEL}`],
  ["labels", `{"k":"${"v".repeat(64)}"}`, `labels.k: got "${"v".repeat(64)}"; ${LABEL}`],
];

test.each(BAD)("%s as %j is refused", (setting, raw, line) => {
  expect(problemsOf({ [setting]: raw })).toEqual([line]);
});

test.each([
  ...["3", "5", "7"].map((n) => ["controllerCount", n]),
  ["zones", '["us-west1-c"]'],
  ["zones", '["us-west1-f","us-west1-b"]'],
  ["networkName", "a"],
  ["networkName", "a".repeat(50)],
  ["subnetName", "a".repeat(63)],
  ["machineType", "n2-custom-4-8192-ext"],
  ["image", "projects/p/global/images/my-image-1"],
  [
    "image",
    "https://www.googleapis.com/compute/v1/projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts",
  ],
  ["image", "projects/arm64-team/global/images/debian-12"],
  ["diskKmsKey", "projects/p/locations/us-west1/keyRings/r/cryptoKeys/k"],
  ["serviceAccountEmail", "etcd@p.iam.gserviceaccount.com"],
  ["subnetCidr", "10.8.0.0/27"],
  ["canIpForward", "false"],
  ["bootDiskSizeGb", "10"],
  ["bootDiskSizeGb", "2048"],
  ["dataDiskSizeGb", "10"],
  ["dataDiskSizeGb", "2048"],
  ["dataDiskType", "pd-balanced"],
  ["labels", `{"${"k".repeat(63)}":"${"v".repeat(63)}","a-b_1":""}`],
] as [string, string][])("%s as %s is good", (setting, raw) => {
  expect(problemsOf({ [setting]: raw })).toEqual([]);
});

test.each(["", "us", "us-west", "US-west1", "us-west1-a", "us-west1 ", "us-west1(", "us-west1[", "us.west1"])(
  "the region %j is refused, whatever it does to the zones",
  (region) => {
    expect(problemsOf({ region, zones: "[]" })).toEqual([
      `region: got ${JSON.stringify(region)}; write a region such as us-west1`,
      `zones: got []; write at least one zone of region ${region}`,
    ]);
    expect(problemsOf({ region, zones: '["x"]' })[1]).toBe(
      `zones: got "x"; write zones of region ${region}, such as ${region}-a`,
    );
  },
);

test("another region needs its own zones", () => {
  expect(problemsOf({ region: "europe-west4", zones: '["europe-west4-a"]' })).toEqual([]);
  expect(problemsOf({ region: "europe-west4" })).toEqual(
    ["a", "b", "c"].map(
      (z) => `zones: got "us-west1-${z}"; write zones of region europe-west4, such as europe-west4-a`,
    ),
  );
});

test.each([
  ["t2a-standard-1", "arm64"],
  ["c4a-standard-4", "arm64"],
  ["n4a-standard-2", "arm64"],
  ["e2-standard-2", "amd64"],
  ["t2d-standard-1", "amd64"],
  ["c4-standard-2", "amd64"],
])("%s is %s", (machineType, architecture) => {
  const image = architecture === "arm64" ? ARM : "projects/p/global/images/x";
  const dataDiskType = seriesOf(machineType)?.dataDiskTypes[0] ?? "";
  expect(parseSettings({ machineType, image, dataDiskType }).settings.architecture).toBe(architecture);
});

test("a series that takes Hyperdisk alone needs a data disk of it", () => {
  expect(problemsOf({ machineType: "c4-standard-2" })).toEqual([
    'dataDiskType: got "pd-ssd"; machineType c4-standard-2 takes hyperdisk-balanced',
  ]);
});

test("an Arm machine needs an Arm image", () => {
  expect(problemsOf({ machineType: "t2a-standard-1" })).toEqual([
    `image: got "projects/debian-cloud/global/images/family/debian-12"; ${ARM_IMAGE}`,
  ]);
});
