import { problemsOf } from "./problemsOf";

const SHA = "a".repeat(64);
const KNOWN = "3.4.10, 3.4.13, 3.4.24, 3.4.27, 3.5.26, 3.5.32, 3.5.33, 3.6.14";
const FORM = "write MAJOR.MINOR.PATCH, such as 3.4.10";
const MINOR = "use a release of 3.4, 3.5, 3.6 or 3.7";
const URL = "write an http or https URL without a query";
const HEX = "write the tarball's sha256 as 64 lower-case hex digits";
const ALONE =
  "a single member can lose acknowledged writes below 3.4.21 (etcd #14370); use 3.4.21 or later, or controllerCount 3";
const CORRUPT = "3.5.0 to 3.5.2 corrupt data; use 3.5.33";

test.each([
  ["", FORM],
  ["3.4", FORM],
  ["3.4.10-rc.1", FORM],
  ["latest", FORM],
  ["2.3.8", MINOR],
  ["3.3.27", MINOR],
  ["3.8.0", MINOR],
  ["4.4.10", MINOR],
  ["3.4.9", "use 3.4.10 or later"],
  ["3.5.0", CORRUPT],
  ["3.5.1", CORRUPT],
  ["3.5.2", CORRUPT],
])("etcdVersion %j is refused for one reason, with and without a checksum", (etcdVersion, fix) => {
  const line = `etcdVersion: got "${etcdVersion}"; ${fix}`;
  expect(problemsOf({ etcdVersion })).toEqual([line]);
  expect(problemsOf({ etcdVersion, etcdSha256: SHA })).toEqual([line]);
});

test.each(["3.4.45", "3.5.99", "3.6.99", "3.7.3"])("%s needs a checksum", (etcdVersion) => {
  expect(problemsOf({ etcdVersion })).toEqual([
    `etcdVersion: got "${etcdVersion}"; its checksum is not known; run 'npm run releases -- add ${etcdVersion}' and commit the table, or set etcdSha256`,
  ]);
  expect(problemsOf({ etcdVersion, etcdSha256: SHA })).toEqual([]);
});

test.each(KNOWN.split(", "))("%s needs none", (etcdVersion) => {
  expect(problemsOf({ etcdVersion })).toEqual([]);
});

test.each(["3.4.10", "3.4.20"])("one controller is refused at %s", (etcdVersion) => {
  expect(problemsOf({ controllerCount: "1", etcdVersion, etcdSha256: SHA })).toEqual([
    `etcdVersion: got "${etcdVersion}"; ${ALONE}`,
  ]);
});

test.each(["3.4.21", "3.4.45", "3.5.33", "3.6.14"])("one controller is good at %s", (etcdVersion) => {
  expect(problemsOf({ controllerCount: "1", etcdVersion, etcdSha256: SHA })).toEqual([]);
});

test.each([
  "",
  "github.com",
  "ftp://x",
  "https://",
  "https:///x",
  "https://x?y",
  "https://x/#y",
  "https://a b",
  "file:///x",
])("etcdDownloadBaseUrl %j is refused", (etcdDownloadBaseUrl) => {
  expect(problemsOf({ etcdDownloadBaseUrl })).toEqual([
    `etcdDownloadBaseUrl: got "${etcdDownloadBaseUrl}"; ${URL}`,
  ]);
});

test.each(["http://10.240.0.1:8701/etcd", "https://mirror.example", "https://mirror.example/a/b/"])(
  "etcdDownloadBaseUrl %s is good",
  (etcdDownloadBaseUrl) => {
    expect(problemsOf({ etcdDownloadBaseUrl })).toEqual([]);
  },
);

test.each(["not-a-checksum", "a".repeat(63), "a".repeat(65), "A".repeat(64), "g".repeat(64), `${SHA}\n`])(
  "etcdSha256 %j is refused",
  (etcdSha256) => {
    expect(problemsOf({ etcdSha256 })).toEqual([`etcdSha256: got ${JSON.stringify(etcdSha256)}; ${HEX}`]);
  },
);

test.each(["67108863", "8589934593", "0", "-1"])("quotaBackendBytes %s is refused", (quotaBackendBytes) => {
  expect(problemsOf({ quotaBackendBytes })).toEqual([
    `quotaBackendBytes: got ${quotaBackendBytes}; use 67108864 to 8589934592`,
  ]);
});

test.each(["67108864", "8589934592"])("quotaBackendBytes %s is good", (quotaBackendBytes) => {
  expect(problemsOf({ quotaBackendBytes })).toEqual([]);
});

test.each([
  ["8589934592", "10", 17],
  ["8589934592", "16", 17],
  ["4294967296", "8", 9],
])(
  "a quota of %s on a disk of %s GB, which needs %i, is refused",
  (quotaBackendBytes, dataDiskSizeGb, needed) => {
    const lines = problemsOf({ quotaBackendBytes, dataDiskSizeGb }).filter((line) =>
      line.startsWith("quota"),
    );
    expect(lines).toEqual([
      `quotaBackendBytes: got ${quotaBackendBytes}; a database of that size, one snapshot and the log need ${needed} GB; raise dataDiskSizeGb, which is ${dataDiskSizeGb}`,
    ]);
  },
);

test("a quota whose copies fit is taken", () => {
  expect(problemsOf({ quotaBackendBytes: "8589934592", dataDiskSizeGb: "17" })).toEqual([]);
});

test.each([
  ["https://u:geheim42@mirror/a b", URL],
  ["https://u:geheim42@mirror/?q", URL],
  [
    "https://u:geheim42@@mirror",
    "write user info as USER:PASSWORD, printable, with odd characters as %XX, such as %40 for @",
  ],
  ["https://u:x@geheim42@mirror.example/a b", URL],
  [
    "https://u:x@geheim42@mirror",
    "write user info as USER:PASSWORD, printable, with odd characters as %XX, such as %40 for @",
  ],
  [
    "https://u:geheim42%0a@mirror",
    "write user info as USER:PASSWORD, printable, with odd characters as %XX, such as %40 for @",
  ],
  [
    "https://u:geheim42%@mirror",
    "write user info as USER:PASSWORD, printable, with odd characters as %XX, such as %40 for @",
  ],
])("what is refused of %s tells nothing of the password", (etcdDownloadBaseUrl, fix) => {
  const lines = problemsOf({ etcdDownloadBaseUrl });
  expect(lines).toEqual([expect.stringContaining(fix)]);
  expect(lines.join()).not.toContain("geheim42");
});

test("user info in the mirror's URL is good", () => {
  expect(problemsOf({ etcdDownloadBaseUrl: "https://u:p%40ss@mirror/etcd" })).toEqual([]);
});
