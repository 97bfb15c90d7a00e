import { KNOWN_VERSIONS, knownSha256, releaseUrl } from "../../../../core/etcd/releases";
import { compareVersions, formatVersion, parseVersion, type Version } from "../../../../core/etcd/version";

const SUMS: [version: string, amd64: string, arm64: string][] = [
  [
    "3.4.10",
    "a4d729f9f89d33f65380e1f1c5fa3ce625971d5dab169f9e57f91e8649f122f2",
    "591f985e50bcef5417b59001a9c7acb0a723a369f15878ef9222ef33161ae933",
  ],
  [
    "3.4.13",
    "2ac029e47bab752dacdb7b30032f230f49e2f457cbc32e8f555c2210bb5ff107",
    "1934ebb9f9f6501f706111b78e5e321a7ff8d7792d3d96a76e2d01874e42a300",
  ],
  [
    "3.4.24",
    "8b2b35772704e67f956e6bac0fbb739d974155cd19602a00af9dc757a3a8f83d",
    "9e902a47655370badbdd87c7661444bc7f12c105999ac6971e2f56b1e2d3dd16",
  ],
  [
    "3.4.27",
    "a32d21e006252dbc3405b0645ba8468021ed41376974b573285927bf39b39eb9",
    "ed7e257c225b9b9545fac22246b97f4074a4b5109676e92dbaebfb9315b69cc0",
  ],
  [
    "3.5.26",
    "0a682a91201dc8351d507210bc30b021a11e254eab806f03224b51e8fad29abb",
    "93ac1667df0e178ea6d152476ce4088df4075604fe4bc7f85f4719e863cd030b",
  ],
  [
    "3.5.32",
    "83532f9290ee89106c4c9d0467220f65623c1faadaab800d727f7beccce4d7dd",
    "89f3ec49bc026c77ab5862c34f0623f09b48ec75e659082c92829669c6e36b3c",
  ],
  [
    "3.5.33",
    "5025b5b24d81a9616b6e284ccd439b9a3df055ef8fdcdc142af3ec8f6a3b3c95",
    "0764c5c0acef155f4bfa0487791cc5776adef66315bf16ec0653883bfd463a90",
  ],
  [
    "3.6.14",
    "ffe840ff9295808e88cce2794a18a5ac87f12a5203c8314d0bf6aa119b41bac5",
    "fa1b80565ee6fc2df1ae6f57a508b221f3ecc7d591c317c581cd8281b0842b3e",
  ],
];

test("every entry is a release that this program runs or one with known damage, oldest first, with two checksums", () => {
  const versions = KNOWN_VERSIONS.map((text) => parseVersion(text) as Version);
  expect(versions.map(formatVersion)).toEqual(KNOWN_VERSIONS);
  expect([...versions].sort(compareVersions)).toEqual(versions);
  expect(versions.length).toBeGreaterThanOrEqual(65);
  const sums = KNOWN_VERSIONS.flatMap((v) => [knownSha256(v, "amd64"), knownSha256(v, "arm64")]);
  expect(sums.filter((sum) => !/^[0-9a-f]{64}$/.test(sum ?? ""))).toEqual([]);
  expect(new Set(sums).size).toBe(sums.length);
});

test.each(SUMS)("the checksums of %s", (version, amd64, arm64) => {
  expect(knownSha256(version, "amd64")).toBe(amd64);
  expect(knownSha256(version, "arm64")).toBe(arm64);
});

test.each(["3.4.9", "3.7.1", "v3.4.10", "", "constructor", "__proto__"])("%j is not known", (version) => {
  expect(knownSha256(version, "amd64")).toBeUndefined();
});

test.each([
  [
    "https://github.com/etcd-io/etcd/releases/download",
    "3.4.10",
    "amd64",
    "https://github.com/etcd-io/etcd/releases/download/v3.4.10/etcd-v3.4.10-linux-amd64.tar.gz",
  ],
  [
    "http://10.240.0.1:8701/etcd",
    "3.5.33",
    "arm64",
    "http://10.240.0.1:8701/etcd/v3.5.33/etcd-v3.5.33-linux-arm64.tar.gz",
  ],
  [
    "https://mirror.example//",
    "3.6.14",
    "amd64",
    "https://mirror.example/v3.6.14/etcd-v3.6.14-linux-amd64.tar.gz",
  ],
] as const)("below %s, %s for %s is at %s", (base, version, architecture, url) => {
  expect(releaseUrl(base, version, architecture)).toBe(url);
});
