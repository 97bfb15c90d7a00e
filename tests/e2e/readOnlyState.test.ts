import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import execa from "execa";
import { ROOT } from "../../lab/commands/shared/paths";
import { readToolchain } from "../../lab/commands/shared/toolchain";

// What docs/operate/github-actions.md rests on: the account of previews needs no right to write the state, and
// who has that right has the next run's login.

const PROGRAM = `const pulumi = require("@pulumi/pulumi");
new pulumi.ComponentResource("probe:index:Part", "part-" + new pulumi.Config().require("size"));
exports.key = pulumi.secret("a key");
`;

const READ_ONLY = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"';

let directory: string;
let server: Server;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "read-only-state-"));
  for (const name of ["state", "program", "home", "plugin"]) mkdirSync(join(directory, name));
  symlinkSync(join(ROOT, "node_modules"), join(directory, "program/node_modules"));
  writeFileSync(join(directory, "program/Pulumi.yaml"), "name: probe\nruntime: nodejs\n");
  writeFileSync(join(directory, "program/index.js"), PROGRAM);
  for (const args of [["stack", "init", "prod"], setSize(1), ["up", "--yes", "--skip-preview"], setSize(2)]) {
    expect(await pulumi("write", ...args)).toMatchObject({ exitCode: 0 });
  }
  const plugin = `#!/bin/sh\necho ran >${directory}/ran\n`;
  writeFileSync(join(directory, "plugin/pulumi-resource-evil"), plugin, { mode: 0o755 });
  const tarball = execFileSync("tar", ["-cz", "-C", join(directory, "plugin"), "pulumi-resource-evil"]);
  server = createServer((_request, response) => response.end(tarball)).listen(0, "127.0.0.1");
});

afterAll(() => {
  server.close();
  rmSync(directory, { recursive: true, force: true });
});

const setSize = (size: number) => ["config", "set", "size", String(size)];

/** Runs the engine; where the state may only be read it is mounted so, which binds root as well. */
function pulumi(access: "read" | "write", ...args: string[]) {
  const command = ["pulumi", ...args, "--non-interactive"];
  const [file = "", ...words] =
    access === "write"
      ? command
      : ["unshare", "--mount", "sh", "-c", READ_ONLY, "sh", join(directory, "state"), ...command];
  return execa(file, words, {
    cwd: join(directory, "program"),
    reject: false,
    extendEnv: false,
    env: {
      PATH: `${readToolchain().engineDir}:${process.env.PATH}`,
      PULUMI_HOME: join(directory, "home"),
      PULUMI_BACKEND_URL: `file://${directory}/state`,
      PULUMI_CONFIG_PASSPHRASE: "passphrase",
      PULUMI_SKIP_UPDATE_CHECK: "true",
    },
  });
}

/** Every file of the state, with a sum of its content. */
function state(): string[] {
  const root = join(directory, "state");
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(root, name)).isFile())
    .map(
      (name) =>
        `${name} ${createHash("sha256")
          .update(readFileSync(join(root, name)))
          .digest("hex")}`,
    )
    .sort();
}

test("a preview whose account can only read the state says what would change, for the guard", async () => {
  const before = state();
  const { exitCode, stdout, stderr } = await pulumi("read", "preview", "--json");
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  const { steps } = JSON.parse(stdout) as { steps: { op: string; urn: string }[] };
  expect(steps.map(({ op, urn }) => `${op} ${urn.split("::").at(-1)}`)).toEqual(
    expect.arrayContaining(["create part-2", "delete part-1"]),
  );
  expect(before.length).toBeGreaterThan(1);
  expect(state()).toEqual(before);
});

test("so does verify's look at the state, keys included", async () => {
  const { exitCode, stdout } = await pulumi("read", "stack", "export", "--show-secrets");
  expect(exitCode).toBe(0);
  expect(stdout).toContain("a key");
});

test("that account cannot be `up`", async () => {
  const before = state();
  const { exitCode, stderr } = await pulumi("read", "up", "--yes", "--skip-preview");
  expect(exitCode).not.toBe(0);
  expect(stderr).toMatch(/read-only file system/);
  expect(state()).toEqual(before);
});

test("a resource planted in the state runs code in the next preview; that account cannot plant it", async () => {
  const file = join(directory, "planted.json");
  const deployment = JSON.parse((await pulumi("read", "stack", "export")).stdout) as {
    deployment: { resources: unknown[] };
  };
  const { port } = server.address() as AddressInfo;
  const inputs = { version: "1.0.0", __internal: { pluginDownloadURL: `http://127.0.0.1:${port}` } };
  const provider = { type: "pulumi:providers:evil", custom: true, id: "1", inputs, outputs: inputs };
  const urn = (type: string) => `urn:pulumi:prod::probe::${type}::evil`;
  const thing = { type: "evil:index:Thing", custom: true, id: "2", provider: `${urn(provider.type)}::1` };
  deployment.deployment.resources.push(...[provider, thing].map((r) => ({ ...r, urn: urn(r.type) })));
  writeFileSync(file, JSON.stringify(deployment));

  expect(await pulumi("read", "stack", "import", "--file", file)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/read-only file system/),
  });
  await pulumi("read", "preview");
  expect(existsSync(join(directory, "ran"))).toBe(false);

  expect(await pulumi("write", "stack", "import", "--file", file)).toMatchObject({ exitCode: 0 });
  await pulumi("read", "preview");
  expect(existsSync(join(directory, "ran"))).toBe(true);
});
