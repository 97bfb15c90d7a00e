import { problemsOf } from "./problemsOf";

const ALGORITHM = "use ECDSA (P-256) or RSA (2048 bits)";
const GENERATIONS = "trust one CA generation, or two while rotating";
const NUMBERS = "write different whole numbers from 1";
const RENEWAL = "less than certValidityHours, or every up would renew";

const many = (setting: string, values: readonly string[], fix: string) =>
  values.map((v): [Record<string, string>, string[]] => [
    { [setting]: v },
    [`${setting}: got "${v}"; ${fix}`],
  ]);

const BAD: [raw: Record<string, string>, lines: string[]][] = [
  ...many("certKeyAlgorithm", ["", "ED25519", "ecdsa", "RSA-4096"], ALGORITHM),
  [{ certValidityHours: "0", certEarlyRenewalHours: "0" }, ["certValidityHours: got 0; use 1 to 87600"]],
  [
    { certValidityHours: "87601", caValidityHours: "87601" },
    ["certValidityHours: got 87601; use 1 to 87600"],
  ],
  [{ caValidityHours: "262801" }, ["caValidityHours: got 262801; use 1 to 262800"]],
  [
    { caValidityHours: "0" },
    [
      "caValidityHours: got 0; use 1 to 262800",
      "caValidityHours: got 0; use certValidityHours (8760) or more",
    ],
  ],
  [{ caValidityHours: "8759" }, ["caValidityHours: got 8759; use certValidityHours (8760) or more"]],
  [{ certEarlyRenewalHours: "-1" }, [`certEarlyRenewalHours: got -1; use 0 to 8759, ${RENEWAL}`]],
  [{ certEarlyRenewalHours: "8760" }, [`certEarlyRenewalHours: got 8760; use 0 to 8759, ${RENEWAL}`]],
  [{ certValidityHours: "720" }, [`certEarlyRenewalHours: got 720; use 0 to 719, ${RENEWAL}`]],
  [
    { certValidityHours: "-5" },
    ["certValidityHours: got -5; use 1 to 87600", `certEarlyRenewalHours: got 720; use 0 to 0, ${RENEWAL}`],
  ],
  [
    { caTrusted: "[]" },
    [
      `caTrusted: got []; ${GENERATIONS}`,
      "caActive: got 1; use one of the trusted generations (caTrusted: [])",
    ],
  ],
  [{ caTrusted: "[1,2,3]" }, [`caTrusted: got [1,2,3]; ${GENERATIONS}`]],
  [{ caTrusted: "[1,1]" }, [`caTrusted: got [1,1]; ${NUMBERS}`]],
  [{ caTrusted: "[1,0]" }, [`caTrusted: got [1,0]; ${NUMBERS}`]],
  [{ caTrusted: "[1,-2]" }, [`caTrusted: got [1,-2]; ${NUMBERS}`]],
  [{ caTrusted: "[1,1.5]" }, [`caTrusted: got [1,1.5]; ${NUMBERS}`]],
  [{ caActive: "2" }, ["caActive: got 2; use one of the trusted generations (caTrusted: [1])"]],
  [{ caTrusted: "[2,3]" }, ["caActive: got 1; use one of the trusted generations (caTrusted: [2,3])"]],
  ...[
    "",
    " ",
    "a b",
    "-a",
    "a-",
    "a..b",
    "a_b",
    "::1",
    "10.0.0",
    "1.2.3.4.5",
    "10.0.0.256",
    "10.0.0.1/32",
    "*",
    "a.*",
    "https://a",
  ].map((san): [Record<string, string>, string[]] => [
    { extraSans: JSON.stringify(["good.example", san]) },
    [`extraSans: got "${san}"; write DNS names and IPv4 addresses`],
  ]),
];

test.each(BAD)("%j is refused", (raw, lines) => {
  expect(problemsOf(raw)).toEqual(lines);
});

test.each([
  { certKeyAlgorithm: "RSA" },
  { certValidityHours: "1", certEarlyRenewalHours: "0" },
  { certValidityHours: "87600" },
  { caValidityHours: "8760" },
  { caValidityHours: "262800" },
  { certValidityHours: "1", certEarlyRenewalHours: "0", caValidityHours: "1" },
  { certEarlyRenewalHours: "0" },
  { certEarlyRenewalHours: "8759" },
  { caTrusted: "[1,2]" },
  { caTrusted: "[2,1]", caActive: "2" },
  { caTrusted: "[2]", caActive: "2" },
  { extraSans: '["API.example","*.k8s.example","203.0.113.5","a","1a.example"]' },
])("%j is good", (raw) => {
  expect(problemsOf(raw as Record<string, string>)).toEqual([]);
});
