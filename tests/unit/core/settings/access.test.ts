import { problemsOf } from "./problemsOf";

const RANGE = "write an IPv4 range such as 10.200.0.0/16, with zero host bits";
const RANGES = "write IPv4 ranges such as 203.0.113.0/24, with zero host bits";
const WORLD = "name the range that needs it: /8 or smaller, never the world";
const NO_RANGE = "write the ranges that the engine or bastion dials from";
const OVERLAP_SUBNET = "it overlaps the subnet range 10.240.0.0/24; use another";
const EXTERNAL =
  'sshReach "external" dials public addresses, which IAP does not; write the range that the engine dials from';

type Case = [raw: Record<string, string>, lines: string[]];

const BAD: Case[] = [
  [
    { subnetCidr: "10.32.0.0/16" },
    ['serviceCidr: got "10.32.0.0/24"; it overlaps the subnet range 10.32.0.0/16; use another'],
  ],
  ...["podCidr", "serviceCidr"].flatMap((name): Case[] => [
    ...["", "10.0.0.0", "172.16.0.1/24", "172.16.0.0/33", "fd00::/64"].map(
      (v): Case => [{ [name]: v }, [`${name}: got "${v}"; ${RANGE}`]],
    ),
    [{ [name]: "172.16.0.0/29" }, [`${name}: got "172.16.0.0/29"; use /28 or a larger range`]],
    [{ [name]: "10.240.0.0/16" }, [`${name}: got "10.240.0.0/16"; ${OVERLAP_SUBNET}`]],
    [{ [name]: "10.240.0.128/25" }, [`${name}: got "10.240.0.128/25"; ${OVERLAP_SUBNET}`]],
  ]),
  [
    { podCidr: "10.32.0.0/16" },
    ['podCidr: got "10.32.0.0/16"; it overlaps the serviceCidr range 10.32.0.0/24; use another'],
  ],
  [
    { serviceCidr: "10.200.3.0/24" },
    ['podCidr: got "10.200.0.0/16"; it overlaps the serviceCidr range 10.200.3.0/24; use another'],
  ],
  [
    { podCidr: "10.0.0.0/8" },
    [
      'podCidr: got "10.0.0.0/8"; it overlaps the serviceCidr range 10.32.0.0/24; use another',
      `podCidr: got "10.0.0.0/8"; ${OVERLAP_SUBNET}`,
    ],
  ],
  ...["apiServerSourceRanges", "sshSourceRanges"].flatMap((name): Case[] => [
    ...["", "203.0.113.5", "203.0.113.5/24", "::/0"].map(
      (v): Case => [{ [name]: JSON.stringify([v]) }, [`${name}: got "${v}"; ${RANGES}`]],
    ),
    ...["0.0.0.0/0", "0.0.0.0/1", "202.0.0.0/7"].map(
      (v): Case => [{ [name]: JSON.stringify(["203.0.113.0/24", v]) }, [`${name}: got "${v}"; ${WORLD}`]],
    ),
  ]),
  // More of the internet than one range may be, in parts that may each.
  ...["128.0.0.0/8", "203.0.114.0/24", "172.0.0.0/8"].map(
    (v): Case => [
      { podCidr: v },
      [`podCidr: got "${v}"; it opens port 6443 to the internet; use a private range, of RFC 1918 or 6598`],
    ],
  ),
  ...["apiServerSourceRanges", "sshSourceRanges"].map((name): Case => {
    const parts = JSON.stringify(Array.from({ length: 32 }, (_, i) => `${i + 128}.0.0.0/8`));
    const fix = "together they are more of the internet than a /8; name the ranges that need it";
    return [{ [name]: parts }, [`${name}: got ${parts}; ${fix}`]];
  }),
  [{ sshSourceRanges: "[]" }, [`sshSourceRanges: got []; ${NO_RANGE}`]],
  ...["", "Internal", "telnet", "iap"].map(
    (v): Case => [{ sshReach: v }, [`sshReach: got "${v}"; use internal, external or bastion`]],
  ),
  [{ sshReach: "external" }, [`sshSourceRanges: got ["35.235.240.0/20"]; ${EXTERNAL}`]],
  ...["0", "-1", "201"].map(
    (v): Case => [{ sshDialErrorLimit: v }, [`sshDialErrorLimit: got ${v}; use 1 to 200`]],
  ),
];

test.each(BAD)("%j is refused", (raw, lines) => {
  expect(problemsOf(raw)).toEqual(lines);
});

test.each([
  { podCidr: "172.16.0.0/12" },
  { podCidr: "10.240.1.0/24" },
  { podCidr: "172.16.0.0/28", serviceCidr: "172.16.0.16/28" },
  { apiServerSourceRanges: '["11.0.0.0/8"]' },
  { apiServerSourceRanges: '["11.0.0.0/9","10.0.0.0/8","100.64.0.0/10","203.0.113.5/32"]' },
  { sshSourceRanges: '["203.0.113.5/32"]' },
  { sshReach: "external", sshSourceRanges: '["203.0.113.0/24"]' },
  { sshReach: "external", sshSourceRanges: '["35.235.240.0/20","203.0.113.0/24"]' },
  { sshDialErrorLimit: "1" },
  { sshDialErrorLimit: "200" },
])("%j is good", (raw) => {
  expect(problemsOf(raw as Record<string, string>)).toEqual([]);
});

const NO_TRAFFIC = (use: string) =>
  `no traffic can come from there: the range is ${use}; write the range that you mean`;

describe.each(["podCidr", "serviceCidr", "apiServerSourceRanges", "sshSourceRanges"])("%s", (name) => {
  const isList = name.endsWith("Ranges");
  const problems = (range: string) => {
    const others = name === "podCidr" ? {} : { podCidr: "100.64.0.0/16" };
    const all = problemsOf({ ...others, [name]: isList ? JSON.stringify([range]) : range });
    return all.filter((line) => line.startsWith(`${name}`)).map((line) => line.replace(/^.*?"; /, ""));
  };

  test.each(["128.0.0.0/1", "32.0.0.0/3", "64.0.0.0/7"])("refuses %s, which is the world", (range) => {
    expect(problems(range)).toEqual([WORLD]);
  });

  test.each([
    ["127.0.0.0/8", "loopback"],
    ["169.254.10.0/24", "link-local"],
    ["224.0.0.0/8", "multicast"],
    ["250.0.0.0/8", "reserved"],
    ["0.0.0.0/8", "this network itself"],
  ])("refuses %s", (range, use) => {
    expect(problems(range)).toEqual([NO_TRAFFIC(use)]);
  });

  test("takes a private range, and one for documentation only where somebody may be outside", () => {
    expect(problems("172.20.0.0/16")).toEqual([]);
    expect(problems("198.51.100.0/24")).toEqual(isList ? [] : [NO_TRAFFIC("for documentation")]);
  });
});
