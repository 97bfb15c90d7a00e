import { existsSync } from "node:fs";
import { join } from "node:path";
import { SETTING_NAMES } from "../../../core/settings";
import { FILES, ROOT, read } from "../repository";

const page = read("CONTRIBUTING.md");

/** The code spans in the first cells of the tables of a section. */
function firstCells(heading: string): string[] {
  const section = page.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  const cells = [...section.matchAll(/^\| (`[^|]*) \|/gm)].map(([, cell = ""]) => cell);
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name));
}

test("the map has one line for everything at the top, and no other", () => {
  const top = FILES.map((file) => file.replace(/\/.*/, "/"));
  expect(firstCells("The map").sort()).toEqual([...new Set(top)].sort());
});

test.each(["operate", "develop"])(
  "each page in docs/%s can be reached from README or CONTRIBUTING",
  (folder) => {
    const start = ["README.md", "CONTRIBUTING.md"].map(read).join("\n");
    const pages = FILES.filter((file) => file.startsWith(`docs/${folder}/`));
    expect(pages.length).toBeGreaterThan(5);
    expect(pages.filter((name) => !start.includes(`(${name}`))).toEqual([]);
  },
);

test("each setting is used by the program", () => {
  const program = FILES.filter((file) => /^(components|core\/(etcd|node))\/.*\.ts$/.test(file)).map(read);
  expect(
    SETTING_NAMES.filter((name) => !program.some((text) => new RegExp(`\\b${name}\\b`).test(text))),
  ).toEqual([]);
});

test("every page for contributors names files that exist, in code spans as well", () => {
  const pages = [
    "CONTRIBUTING.md",
    "lab/README.md",
    ...FILES.filter((file) => /^docs\/develop\//.test(file)),
  ];
  const folders = new Set(FILES.map((file) => file.replace(/\/.*/, "")));
  const missing = pages.flatMap((name) =>
    [...read(name).matchAll(/`([\w.-]+\/[\w./-]+)`/g)]
      .map(([, path = ""]) => path)
      .filter((path) => folders.has(path.split("/")[0] ?? "") && !/NAME|3\.7\.0/.test(path))
      .filter((path) => !existsSync(join(ROOT, path))),
  );
  expect(missing).toEqual([]);
});
