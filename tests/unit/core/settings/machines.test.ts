import { parseSettings } from "../../../../core/settings";
import { problemsOf } from "./problemsOf";

const GCE_NAME = "write a GCE name: lower case, digits and hyphens";
const COUNT = "use 1, 3, 5 or 7: an even number adds no tolerance";
const ZONES = "write zones of region us-west1, such as us-west1-a";
const IMAGE = "write projects/PROJECT/global/images/family/FAMILY, or …/images/NAME";
const DISK =
  "etcd needs fast fsync; use one of pd-ssd, pd-balanced, pd-extreme, hyperdisk-balanced, hyperdisk-extreme";
const LABEL = "use lower case, digits, - and _; a key starts with a letter; 63 characters at most";
const ARM_IMAGE = "machineType t2a-standard-1 is Arm; use an arm64 image, such as family/debian-12-arm64";
const X86_IMAGE = "machineType e2-standard-2 is x86; use an amd64 image, such as family/debian-12";
const ARM = "projects/debian-cloud/global/images/family/debian-12-arm64";
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
  ["bootDiskSizeGb", "9", "bootDiskSizeGb: got 9; use 10 to 2048"],
  ["bootDiskSizeGb", "2049", "bootDiskSizeGb: got 2049; use 10 to 2048"],
  ["dataDiskSizeGb", "9", "dataDiskSizeGb: got 9; use 10 to 65536"],
  ["dataDiskSizeGb", "65537", "dataDiskSizeGb: got 65537; use 10 to 65536"],
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
  ["image", "https://www.googleapis.com/compute/v1/projects/p/global/images/family/f"],
  ["image", "projects/arm64-team/global/images/family/debian-12"],
  ["bootDiskSizeGb", "10"],
  ["bootDiskSizeGb", "2048"],
  ["dataDiskSizeGb", "10"],
  ["dataDiskSizeGb", "65536"],
  ...["pd-balanced", "pd-extreme", "hyperdisk-balanced", "hyperdisk-extreme"].map((t) => ["dataDiskType", t]),
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
  expect(parseSettings({ machineType, image }).settings.architecture).toBe(architecture);
});

test("an Arm machine needs an Arm image", () => {
  expect(problemsOf({ machineType: "t2a-standard-1" })).toEqual([
    `image: got "projects/debian-cloud/global/images/family/debian-12"; ${ARM_IMAGE}`,
  ]);
});
