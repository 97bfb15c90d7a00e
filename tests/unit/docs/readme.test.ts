import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { CONTRACT_OUTPUTS, type OtherOutputs } from "../../../core/contract/outputs";
import { SETTING_NAMES } from "../../../core/settings";
import { generate } from "../../../scripts/generate";
import { FILES, ROOT, read } from "../repository";

const PAGES = FILES.filter((file) => file.endsWith(".md"));

/** What a pattern's first group finds in a page, each once. */
function named(page: string, pattern: RegExp): string[] {
  return [...new Set([...read(page).matchAll(pattern)].map((match) => match[1] as string))];
}

/** The heading's anchor, as GitHub makes it. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-");
}

/** The names in the first cells of a table between two marks. */
function rowsBetween(text: string, mark: string): string[] {
  const table = text.split(`<!-- ${mark}:begin -->`)[1]?.split(`<!-- ${mark}:end -->`)[0] ?? "";
  return [...table.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1] as string);
}

let labCommands: string[];

beforeAll(() => {
  const help = execFileSync(join(ROOT, "lab/bin/lab"), ["help"], { encoding: "utf8" });
  labCommands = [...help.matchAll(/^ {2}([\w-]+) /gm)].map((match) => match[1] as string);
});

test("the lab's help names its commands", () => {
  expect(labCommands).toEqual(expect.arrayContaining(["start", "etcdctl", "down"]));
});

test("there is a README and a page for each task", () => {
  expect(PAGES.length).toBeGreaterThan(10);
});

test("the README is read in five minutes, and its first link is for who is in trouble", () => {
  const text = read("README.md");
  expect(text.split("\n").length - 1).toBeLessThanOrEqual(160);
  expect(/\]\(([^)]*)\)/.exec(text)?.[1]).toBe("docs/operate/night.md");
});

test.each([...generate()])("%s is what `npm run generate` makes", (file, text) => {
  expect(read(file)).toBe(text);
});

test("the settings table has a row for each setting, in order", () => {
  expect(rowsBetween(read("docs/operate/settings.md"), "settings")).toEqual(SETTING_NAMES);
});

test("docs/operate/change-settings.md says of each setting what its change does", () => {
  const rows = [...read("docs/operate/change-settings.md").matchAll(/^\| (`\w+`[^|]*) \|/gm)].map(
    ([, cell = ""]) => cell,
  );
  const said = rows.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  expect(said.sort()).toEqual([...SETTING_NAMES].sort());
});

test("the outputs table names each output of the contract, and no other", () => {
  expect(CONTRACT_OUTPUTS.length).toBeGreaterThan(8);
  const others = [
    "vmFingerprints",
    "dataDisks",
    "externalAddresses",
    "caKeyPem",
    "sshAccess",
  ] satisfies (keyof OtherOutputs)[];
  expect(rowsBetween(read("docs/operate/control-plane.md"), "outputs")).toEqual([
    ...CONTRACT_OUTPUTS,
    ...others,
  ]);
});

describe.each(PAGES)("%s", (page) => {
  test("links to files and headings that exist", () => {
    const links = named(page, /\]\(([^)\s]+)\)/g).filter((link) => !/^[a-z]+:/.test(link));
    const broken = links.filter((link) => {
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? page : relative(ROOT, join(ROOT, dirname(page), path));
      if (!existsSync(join(ROOT, target))) return true;
      if (anchor === undefined) return false;
      return !named(target, /^#+ (.+)$/gm)
        .map(anchorOf)
        .includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  test("names npm scripts that exist", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const unknown = named(page, /npm run (?:--silent )?([\w:-]+)/g).filter((name) => !(name in scripts));
    expect(unknown).toEqual([]);
  });

  test("names commands of the lab that exist", () => {
    const unknown = named(page, /(?:npm run lab -- |lab\/bin\/lab |`lab )([a-z-]+)/g).filter(
      (name) => name !== "help" && !labCommands.includes(name),
    );
    expect(unknown).toEqual([]);
  });

  test("names settings that exist", () => {
    const unknown = named(page, /etcd-on-gce:(?!index:)(\w+)/g).filter(
      (name) => !SETTING_NAMES.includes(name),
    );
    // The general form: `etcd-on-gce:NAME`.
    expect(unknown.filter((name) => name !== "NAME")).toEqual([]);
  });
});
