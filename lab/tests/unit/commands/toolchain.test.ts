import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mirrorSums } from "../../../commands/shared/mirrorSums";
import { pluginKinds, readToolchain } from "../../../commands/shared/toolchain";

let root: string;
jest.mock("../../../commands/shared/paths", () => ({
  get ROOT() {
    return root;
  },
}));
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "toolchain-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const manifest = () => ({
  cacheDir: join(root, "cache"),
  engineDir: join(root, "engine"),
  pulumiHome: join(root, "home"),
  mirrorDir: join(root, "mirror"),
  workload: join(root, "workload"),
});

function write(path: string, text: string): string {
  const file = join(root, path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, text);
  return file;
}

function setUp(content: object = manifest()): void {
  write("engine/pulumi", "");
  write("node_modules/.cache/etcd-lab/toolchain.json", JSON.stringify(content));
}

describe("the toolchain", () => {
  it("is what setup wrote down", () => {
    setUp();
    expect(readToolchain()).toEqual(manifest());
  });

  it("is an error that names the remedy before setup, and when the engine is gone", () => {
    expect(readToolchain).toThrow("the lab is not set up here; run lab/bin/setup (or `npm start`)");
    setUp();
    rmSync(join(root, "engine"), { recursive: true });
    expect(readToolchain).toThrow(`the engine is gone from ${root}/engine; run lab/bin/setup again`);
  });

  it("of a setup before this version is an error that names the remedy", () => {
    setUp({ ...manifest(), pulumiHome: undefined });
    expect(readToolchain).toThrow("toolchain.json is of another version; run lab/bin/setup again");
  });
});

describe("the plugins' kinds", () => {
  it("are what the setup step says, one a line", () => {
    const script = write(
      "lab/toolchain/steps/plugins.sh",
      '#!/bin/sh\n[ "$1" = kinds ] && printf "tls 5.5.1 official\\ngcp 9.35.0 stand-in\\ncommand 1.2.1 none\\n"\n',
    );
    chmodSync(script, 0o755);
    expect(pluginKinds()).toEqual([
      { name: "tls", version: "5.5.1", kind: "official" },
      { name: "gcp", version: "9.35.0", kind: "stand-in" },
      { name: "command", version: "1.2.1", kind: "none" },
    ]);
  });
});

describe("the mirror's checksums", () => {
  it("are by version, of releases that have one", () => {
    setUp();
    const [one, two] = ["a".repeat(64), "b".repeat(64)];
    write("mirror/v3.4.10/SHA256SUMS", `${one}  etcd-v3.4.10-linux-amd64.tar.gz\n`);
    write("mirror/v3.6.14/SHA256SUMS", `${two}  etcd-v3.6.14-linux-amd64.tar.gz\n`);
    write("mirror/v3.5.33/etcd-v3.5.33-linux-amd64.tar.gz", "half built");
    write("mirror/v3.5.32/SHA256SUMS", "not a sum\n");
    expect([...mirrorSums()].sort()).toEqual([
      ["3.4.10", one],
      ["3.6.14", two],
    ]);
  });

  it("are none before anything was built", () => {
    setUp();
    expect(mirrorSums().size).toBe(0);
  });
});
