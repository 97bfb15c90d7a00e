import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { parseConfig } from "../../../../plugins/gcp/config";

const directory = mkdtempSync(join(tmpdir(), "token-"));
afterAll(() => rmSync(directory, { recursive: true }));

const settings = (changes: Record<string, string> = {}) => ({
  computeCustomEndpoint: "http://127.0.0.1:9/compute/v1/",
  accessToken: "/dev/null/lab",
  ...changes,
});

describe("accessToken", () => {
  test("is text where no path of that name is", () => {
    expect(parseConfig(settings()).accessToken).toBe("/dev/null/lab");
  });

  test("is read from a file of that name", () => {
    const file = join(directory, "token");
    writeFileSync(file, "ya29.secret");
    expect(parseConfig(settings({ accessToken: file })).accessToken).toBe("ya29.secret");
  });

  test("is an error where a directory has that name", () => {
    expect(() => parseConfig(settings({ accessToken: directory }))).toThrow(
      `Error loading access token: read ${directory}: is a directory`,
    );
  });

  test("is asked for", () => {
    expect(() => parseConfig(settings({ accessToken: "" }))).toThrow(
      "failed to load application credentials",
    );
  });
});

test("service accounts are Google's own unless iamBetaCustomEndpoint says otherwise", () => {
  const google = "https://iam.googleapis.com/v1/";
  expect(parseConfig(settings()).iamEndpoint).toBe(google);
  expect(parseConfig(settings({ iamCustomEndpoint: "http://127.0.0.1:9/v1/" })).iamEndpoint).toBe(google);
  const lab = "http://127.0.0.1:9/iam/v1/";
  expect(parseConfig(settings({ iamBetaCustomEndpoint: lab })).iamEndpoint).toBe(lab);
});

test("an endpoint without its last slash is refused", () => {
  expect(() => parseConfig(settings({ computeCustomEndpoint: "http://127.0.0.1:9/compute/v1" }))).toThrow(
    'gcp:computeCustomEndpoint ("http://127.0.0.1:9/compute/v1") doesn\'t match regexp',
  );
});

test.each([
  ["500ms", 500],
  ["1m30s", 90_000],
])("pollInterval %s", (pollInterval, ms) => {
  expect(parseConfig(settings({ pollInterval })).pollIntervalMs).toBe(ms);
});

test("pollInterval is ten seconds unless it is set, and a duration", () => {
  expect(parseConfig(settings()).pollIntervalMs).toBe(10_000);
  expect(() => parseConfig(settings({ pollInterval: "5" }))).toThrow('invalid duration "5"');
});

test.each(["", "examples/own-program/"])(
  "%sPulumi.lab.yaml has settings that Pulumi's own plugin takes",
  (folder) => {
    const file = join(__dirname, "../../../../..", folder, "Pulumi.lab.yaml");
    const { config } = parse(readFileSync(file, "utf8"));
    const ours = Object.entries(config as Record<string, unknown>).flatMap(([key, value]) =>
      key.startsWith("gcp:") ? [[key.slice("gcp:".length), String(value)]] : [],
    );
    const { accessToken, iamEndpoint } = parseConfig(Object.fromEntries(ours));
    expect(accessToken).toBe("/dev/null/lab");
    expect(iamEndpoint).toMatch(/^http:\/\/127\.0\.0\.1:/);
  },
);
