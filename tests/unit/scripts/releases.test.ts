import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../../scripts/releases";

const [A, B, C] = ["a", "b", "c"].map((digit) => digit.repeat(64)) as [string, string, string];
const KNOWN = { "3.5.33": { amd64: A, arm64: B }, "3.6.14": { amd64: B, arm64: C } };
const line = (sum: string, version: string, what: string) => `${sum}  etcd-v${version}-${what}\n`;
const amd64 = (sum: string, version: string) => line(sum, version, "linux-amd64.tar.gz");
const arm64 = (sum: string, version: string) => line(sum, version, "linux-arm64.tar.gz");

let dir: string;
let file: string;
let server: Server;
let base: string;
let served: Record<string, string>;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "releases-"));
  server = createServer(({ url = "" }, answer) => {
    const text = served[url];
    answer.writeHead(text === undefined ? 404 : 200).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/etcd`;
});

afterAll(() => {
  server.close();
  rmSync(dir, { recursive: true });
});

beforeEach(() => {
  file = join(dir, "checksums.json");
  writeFileSync(file, JSON.stringify(KNOWN));
});

const table = () => JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
const add = (version: string, ...sums: string[]) => {
  served = { [`/etcd/v${version}/SHA256SUMS`]: sums.join("") };
  return run(["add", version, base], file);
};

test("a release is added at its place, of the two Linux tarballs alone", async () => {
  const others = [line(C, "3.6.9", "darwin-amd64.zip"), line(C, "3.6.9", "linux-amd64.tar.gz.asc")];
  const answer = await add("3.6.9", ...others, amd64(A, "3.6.9"), arm64(B, "3.6.9"));
  expect(answer).toBe("etcd 3.6.9: added to core/etcd/checksums.json");
  expect(Object.entries(table())).toEqual([
    ["3.5.33", KNOWN["3.5.33"]],
    ["3.6.9", { amd64: A, arm64: B }],
    ["3.6.14", KNOWN["3.6.14"]],
  ]);
});

test("one that is known is left as it is", async () => {
  expect(await add("3.6.14", amd64(B, "3.6.14"), arm64(C, "3.6.14"))).toBe("etcd 3.6.14: known already");
  expect(table()).toEqual(KNOWN);
});

test.each([
  ["3.6.14", [amd64(A, "3.6.14"), arm64(C, "3.6.14")], "differ: a release never changes"],
  ["3.6.16", [amd64(A, "3.6.16")], "0 checksums of etcd-v3.6.16-linux-arm64.tar.gz, not one"],
  [
    "3.6.16",
    [amd64(A, "3.6.16"), amd64(B, "3.6.16"), arm64(C, "3.6.16")],
    "2 checksums of etcd-v3.6.16-linux-amd64",
  ],
  [
    "3.6.16",
    [amd64("A".repeat(64), "3.6.16"), arm64(C, "3.6.16")],
    "0 checksums of etcd-v3.6.16-linux-amd64",
  ],
  ["3.6.16", ["<html>"], "0 checksums of etcd-v3.6.16-linux-amd64"],
  ["3.3.1", [], "VERSION: got 3.3.1; use a release of 3.4, 3.5, 3.6 or 3.7"],
  ["v3.6.16", [], "VERSION: got v3.6.16; write MAJOR.MINOR.PATCH"],
])("%s with %j is refused, and the table stays", async (version, sums, message) => {
  await expect(add(version, ...sums)).rejects.toThrow(message);
  expect(table()).toEqual(KNOWN);
});

test("a release that is not there, and a server that is not, are named by the whole URL", async () => {
  served = {};
  await expect(run(["add", "3.6.16", base], file)).rejects.toThrow(
    `${base}/v3.6.16/SHA256SUMS: the answer is 404`,
  );
  await expect(run(["add", "3.6.16", "http://127.0.0.1:1"], file)).rejects.toThrow(
    /^http:\/\/127\.0\.0\.1:1\/v3\.6\.16\/SHA256SUMS: .+/,
  );
});

test.each([[[]], [["add"]], [["remove", "3.6.14"]], [["add", "3.6.14", "x", "y"]]])(
  "%j is answered with the usage",
  (words) => expect(run(words, file)).rejects.toThrow("usage: npm run releases -- add VERSION"),
);
