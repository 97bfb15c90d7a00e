import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { CONTRACT_VERSION, OWN_OUTPUTS, validateOutputs } from "../../../core/contract/outputs";
import { SETTING_NAMES } from "../../../core/settings";
import { between, renderSettingsTable, SETTINGS_MARKS } from "../../../docs/settingsTable";

const ROOT = join(__dirname, "../../..");
const read = (file: string) => readFileSync(join(ROOT, file), "utf8");

const PAGES = [
  "README.md",
  "CHANGELOG.md",
  ...readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name))
    .sort(),
];

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

/** The contract's outputs in their order: a reader that gets nothing but the version misses all the others. */
function contractOutputs(): string[] {
  let message = "";
  try {
    validateOutputs({ contractVersion: CONTRACT_VERSION });
  } catch (error) {
    message = String(error);
  }
  return [
    "contractVersion",
    ...[...message.matchAll(/(\w+) \(missing\)/g)].map((match) => match[1] as string),
  ];
}

let labCommands: string[];

beforeAll(() => {
  const help = execFileSync(join(ROOT, "lab/bin/lab"), ["help"], { encoding: "utf8" });
  labCommands = [...help.matchAll(/^ {2}(\w+) /gm)].map((match) => match[1] as string);
});

test("the lab's help names its commands", () => {
  expect(labCommands).toEqual(expect.arrayContaining(["start", "etcdctl", "down"]));
});

test("there is a README and a page for each task", () => {
  expect(PAGES.length).toBeGreaterThan(10);
});

test("the settings table is that of Pulumi.yaml; if not, run `node --import tsx docs/settingsTable.ts`", () => {
  expect(between(read("README.md"), SETTINGS_MARKS)).toBe(renderSettingsTable(read("Pulumi.yaml")));
});

test("the settings table has a row for each setting, in order", () => {
  const rows = renderSettingsTable(read("Pulumi.yaml")).split("\n").slice(2);
  expect(rows.map((row) => /^\| `(\w+)` \|/.exec(row)?.[1])).toEqual(SETTING_NAMES);
});

test("docs/change-settings.md says of each setting what its change does", () => {
  const rows = [...read("docs/change-settings.md").matchAll(/^\| (`\w+`[^|]*) \|/gm)].map(
    ([, cell = ""]) => cell,
  );
  const said = rows.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  expect(said.sort()).toEqual([...SETTING_NAMES].sort());
});

test("the outputs table names each output of the contract, and no other", () => {
  const table = between(read("README.md"), ["<!-- outputs:begin -->", "<!-- outputs:end -->"]);
  const rows = [...table.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1]);
  expect(contractOutputs().length).toBeGreaterThan(8);
  expect(rows).toEqual([...contractOutputs(), ...OWN_OUTPUTS, "caKeyPem", "sshAccess"]);
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
    const unknown = named(page, /(?:npm run lab -- |lab\/bin\/lab |`lab )([a-z]+)/g).filter(
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
