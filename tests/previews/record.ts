import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Lab } from "../e2e/harness/lab";
import { OF_FIVE, OF_NOTHING, OF_PROTECTED, OF_THREE, type PreviewCase } from "./cases";
import { pruned } from "./pruned";

const ROOT = join(__dirname, "../..");
const PROGRAM = ["index.ts", "components", "core", "remote", "package.json", "tsconfig.json", "Pulumi.yaml"];
const START = { etcdVersion: "3.4.23" };

const lab = new Lab();
const wanted = process.argv.slice(2);

/** `npx tsx tests/previews/record.ts [NAME…]`, as root: records the cases, or those named, with a lab of its own. */
async function main(): Promise<void> {
  await lab.boot();
  try {
    await lab.set(START);
    for (const one of OF_NOTHING) await record(one);
    await lab.mustUp();
    for (const one of OF_THREE) await record(one);
    if (OF_PROTECTED.some(isWanted)) await lab.mustUp({ deletionProtection: "true" });
    for (const one of OF_PROTECTED) await record(one);
    if (OF_FIVE.some(isWanted)) await lab.mustUp({ deletionProtection: "false", controllerCount: "5" });
    for (const one of OF_FIVE) await record(one);
  } finally {
    await lab.down();
  }
  execFileSync("npx", ["biome", "format", "--write", __dirname], { cwd: ROOT, stdio: "inherit" });
}

function isWanted({ name }: PreviewCase): boolean {
  return wanted.length === 0 || wanted.includes(name);
}

async function record(one: PreviewCase): Promise<void> {
  if (!isWanted(one)) return;
  const { name, settings, unset, program, replace, ran } = one;
  const before = lab.settings();
  const state = ran ? (await lab.quietly("pulumi", "stack", "export")).stdout : undefined;
  const dir = program ? changedProgram(program) : undefined;
  try {
    await lab.set({ ...settings });
    await lab.unset(...(unset ?? []));
    if (ran) await haveRun(ran);
    const flags = (await urnsOf(replace ?? [])).flatMap((urn) => ["--replace", urn]);
    const at = dir ? ["-C", dir] : [];
    const { stdout, output } = await lab.run(
      "pulumi",
      ...at,
      "preview",
      "--json",
      "--non-interactive",
      ...flags,
    );
    if (stdout === "") throw new Error(output);
    writeFileSync(join(__dirname, `${name}.json`), `${JSON.stringify(pruned(JSON.parse(stdout)))}\n`);
    console.log(`${name}: recorded`);
  } catch (error) {
    console.error(`${name}: FAILED: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  } finally {
    if (dir) rmSync(dir, { recursive: true });
    if (state) await lab.importState(state);
    lab.putSettings(before);
  }
}

/** The program with some of its text changed, as a pull request would. */
function changedProgram(changes: NonNullable<PreviewCase["program"]>): string {
  const dir = mkdtempSync(join(tmpdir(), "etcd-program-"));
  for (const path of [...PROGRAM, "Pulumi.lab.yaml"])
    cpSync(join(ROOT, path), join(dir, path), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(dir, "node_modules"));
  for (const [file, from, to] of changes) {
    const text = readFileSync(join(dir, file), "utf8");
    if (!text.includes(from)) throw new Error(`${file} has no ${JSON.stringify(from)}`);
    writeFileSync(
      join(dir, file),
      text.replace(from, () => to),
    );
  }
  return dir;
}

/** Lets the state say that the members run another version. */
function haveRun(version: string): Promise<void> {
  return lab.editState((resource) => {
    const { inputs, outputs } = resource as unknown as Record<string, Record<string, unknown>>;
    for (const values of [inputs ?? {}, outputs ?? {}])
      for (const [key, value] of Object.entries(values))
        if (typeof value === "string") values[key] = value.replaceAll(START.etcdVersion, version);
  });
}

async function urnsOf(names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return [];
  const { stdout } = await lab.quietly("pulumi", "stack", "export");
  const state = JSON.parse(stdout) as { deployment: { resources: { urn: string }[] } };
  const urns = state.deployment.resources.map(({ urn }) => urn);
  return names.map((name) => {
    const urn = urns.find((one) => one.endsWith(`::${name}`));
    if (!urn) throw new Error(`the state has no resource ${name}`);
    return urn;
  });
}

void main();
