import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

type Paths = typeof import("../../../commands/shared/paths");

let directory: string;
let labDir: string;
let paths: Paths;
const before = process.env.ETCD_LAB_DIR;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "paths-"));
  labDir = join(directory, "lab");
  process.env.ETCD_LAB_DIR = labDir;
  // The directory is read once, when the module is loaded.
  jest.resetModules();
  paths = jest.requireActual<Paths>("../../../commands/shared/paths");
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
  if (before === undefined) delete process.env.ETCD_LAB_DIR;
  else process.env.ETCD_LAB_DIR = before;
});

test("a directory that was there is also for root only", () => {
  mkdirSync(labDir, { mode: 0o755 });
  paths.labDirectory("engines");
  expect(statSync(labDir).mode & 0o777).toBe(0o700);
});

test("the lab's directory is ETCD_LAB_DIR, and made for root only", () => {
  expect(paths.LAB_DIR).toBe(labDir);
  expect(paths.labPath("a", "b")).toBe(join(labDir, "a/b"));
  expect(paths.labDirectory("engines")).toBe(join(labDir, "engines"));
  for (const path of [labDir, join(labDir, "engines")]) expect(statSync(path).mode & 0o777).toBe(0o700);
});

test("what the lab made it removes; twice is no error", () => {
  paths.labDirectory("engines");
  paths.removeLabDirectory();
  expect(existsSync(labDir)).toBe(false);
  expect(paths.removeLabDirectory).not.toThrow();
});

test("a directory that is not the lab's stays", () => {
  mkdirSync(labDir);
  writeFileSync(join(labDir, "thesis.tex"), "");
  expect(paths.removeLabDirectory).toThrow(
    `${labDir} was not made by the lab (no .etcd-lab in it); it stays`,
  );
  expect(existsSync(join(labDir, "thesis.tex"))).toBe(true);
});

test("a directory that holds something else is not made the lab's: its end would be the end of all in it", () => {
  mkdirSync(labDir);
  writeFileSync(join(labDir, "thesis.tex"), "");
  expect(() => paths.labDirectory("engines")).toThrow(
    `ETCD_LAB_DIR: got ${labDir}, which is not empty and was not made by the lab; name a new or an empty directory`,
  );
  expect(paths.removeLabDirectory).toThrow("it stays");
});

test("an empty ETCD_LAB_DIR is none: the lab is in the checkout's .lab, and never where one happens to be", () => {
  process.env.ETCD_LAB_DIR = "";
  jest.resetModules();
  const { LAB_DIR, ROOT } = jest.requireActual<Paths>("../../../commands/shared/paths");
  expect(LAB_DIR).toBe(join(ROOT, ".lab"));
});
