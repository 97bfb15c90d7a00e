import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { refreshFromTracked, scalarSettings, setMirrorChecksum } from "../../../commands/shared/stackConfig";

const SUMS = new Map([
  ["3.4.10", "a".repeat(64)],
  ["3.5.33", "b".repeat(64)],
]);
jest.mock("../../../commands/shared/mirrorSums", () => ({ mirrorSums: () => SUMS }));

const SUM = "etcd-on-gce:etcdSha256";
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "stack-config-"));
  mkdirSync(join(directory, "copy"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const copy = () => ({ directory: join(directory, "copy"), file: join(directory, "copy/Pulumi.lab.yaml") });
const settings = () => scalarSettings(readFileSync(copy().file, "utf8"));

describe("the copy of the tracked settings", () => {
  it("follows the tracked file and keeps the salt", () => {
    writeFileSync(copy().file, "encryptionsalt: v1:salt=\n");
    writeFileSync(join(directory, "Pulumi.lab.yaml"), "config:\n  gcp:zone: one\n");
    expect(refreshFromTracked(copy(), directory, "lab")).toBe(false);
    expect(readFileSync(copy().file, "utf8")).toBe("encryptionsalt: v1:salt=\nconfig:\n  gcp:zone: one\n");
    writeFileSync(join(directory, "Pulumi.lab.yaml"), "config:\n  gcp:zone: two\n");
    expect(refreshFromTracked(copy(), directory, "lab")).toBe(true);
    expect(readFileSync(copy().file, "utf8")).toBe("encryptionsalt: v1:salt=\nconfig:\n  gcp:zone: two\n");
  });

  it("keeps what a run has set while the tracked file stays as it is", () => {
    writeFileSync(join(directory, "Pulumi.lab.yaml"), "config:\n  gcp:zone: one\n");
    refreshFromTracked(copy(), directory, "lab");
    writeFileSync(copy().file, "config:\n  gcp:zone: mine\n");
    expect(refreshFromTracked(copy(), directory, "lab")).toBe(false);
    expect(settings().get("gcp:zone")).toBe("mine");
  });

  it("starts a stack without a tracked file from the lab's", () => {
    writeFileSync(join(directory, "Pulumi.lab.yaml"), "config:\n  gcp:zone: one\n");
    refreshFromTracked(copy(), directory, "other");
    expect(settings().get("gcp:zone")).toBe("one");
  });
});

describe("the checksum of the lab's etcd", () => {
  const checked = (text: string) => {
    writeFileSync(copy().file, text);
    setMirrorChecksum(copy(), "3.4.10");
    return settings();
  };

  it("is the one of the version that the settings ask for", () => {
    expect(checked("config:\n  gcp:zone: z\n").get(SUM)).toBe(SUMS.get("3.4.10"));
    expect(checked('config:\n  etcd-on-gce:etcdVersion: "3.5.33"\n').get(SUM)).toBe(SUMS.get("3.5.33"));
  });

  it("changes with the version and is there once", () => {
    const text = `config:\n  ${SUM}: ${SUMS.get("3.4.10")}\n  etcd-on-gce:etcdVersion: 3.5.33\n`;
    expect(checked(text).get(SUM)).toBe(SUMS.get("3.5.33"));
    expect(readFileSync(copy().file, "utf8").match(/etcdSha256/g)).toHaveLength(1);
  });

  it("that somebody else set is left alone", () => {
    expect(checked(`config:\n  ${SUM}: ${"f".repeat(64)}\n`).get(SUM)).toBe("f".repeat(64));
  });

  it("of a version that the mirror lacks is an error that names the remedy", () => {
    expect(() => checked("config:\n  etcd-on-gce:etcdVersion: 3.5.32\n")).toThrow(
      "lab/bin/lab build etcd 3.5.32",
    );
  });
});

describe("a stack file's scalar settings", () => {
  it("are read as they mean, whatever their quotes", () => {
    const text = `encryptionsalt: v1:abc=:xyz
config:
  gcp:project: etcd-lab
  gcp:zone:   us-west1-c  
  "etcd-on-gce:etcdVersion": "3.4.10"
  etcd-on-gce:motto: 'it''s: fine'
  etcd-on-gce:etcdSha256: 1e10
`;
    expect([...scalarSettings(text)]).toEqual([
      ["gcp:project", "etcd-lab"],
      ["gcp:zone", "us-west1-c"],
      ["etcd-on-gce:etcdVersion", "3.4.10"],
      ["etcd-on-gce:motto", "it's: fine"],
      ["etcd-on-gce:etcdSha256", "1e10"],
    ]);
  });

  it("have no nested values and no other lines among them", () => {
    const text = `config:
  etcd-on-gce:zones:
    - us-west1-a
  etcd-on-gce:labels:
    env: lab
  # gcp:zone: commented
gcp:zone: too-far-left
`;
    expect(scalarSettings(text).size).toBe(0);
  });

  it("are none in a file without any", () => {
    for (const text of ["", "config:\n", "encryptionsalt: v1:salt=\n"])
      expect(scalarSettings(text).size).toBe(0);
  });

  it("are the last of two lines", () => {
    expect(scalarSettings("config:\n  a:b: one\n  a:b: two\n").get("a:b")).toBe("two");
  });
});
