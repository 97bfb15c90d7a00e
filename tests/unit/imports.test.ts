import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { FILES, ROOT, read } from "./repository";

/** Who may import what, by path from the root; the first row that fits a file is its rule. */
const RULES: readonly (readonly [files: RegExp, allowed: RegExp])[] = [
  // Other stacks copy this folder.
  [/^core\/contract\//, /^core\/contract\//],
  [/^core\/etcd\//, /^core\/(etcd\/|cidr|json)/],
  [/^core\/node\//, /^(core\/(node|etcd)\/|node:crypto$)/],
  [/^core\/settings\//, /^core\/(settings|etcd)(\/|$)|^core\/(cidr|json)$/],
  [/^core\//, /^core\//],
  [/^index\.ts$/, /^components\//],
  // Read before the plugins are asked for: Pulumi's SDK as a whole would delay them.
  [
    /^components\/(plugins|checkedSettings|stackSettings|unread)\.ts$/,
    /^(components\/checkedSettings$|core\/|@pulumi\/\w+\/)/,
  ],
  [/^components\/sshPort\.ts$/, /^node:(net|timers\/promises)$/],
  [/^components\/nodeFiles\.ts$/, /^(core\/|node:(fs|path)$)/],
  [/^components\//, /^(components|core|@pulumi\/(pulumi|command|gcp|tls))(\/|$)/],
  [/^guard\/(main|previewMain|write)\.ts$/, /^(guard\/|node:(fs|child_process)$)/],
  [/^guard\//, /^(guard|core)(\/|$)|^(node:util|markdown-it)$/],
  [
    /^verify\/(main|observe|ssh|exportStack)\.ts$/,
    /^(verify\/|core\/|components\/nodeFiles$|node:|ssh2$|execa$)/,
  ],
  [/^verify\//, /^(verify|core)(\/|$)|^node:(util|crypto)$/],
  [/^ssh\/(main|client)\.ts$/, /^(ssh\/|core\/|verify\/exportStack$|node:|execa$)/],
  [/^ssh\//, /^(ssh|core)\//],
  [/^policy\//, /^(policy|guard|core)(\/|$)|^(node:crypto|@pulumi\/policy)$/],
  [/^scripts\//, /^((core|scripts)\/|guard$|node:(fs|path|util)$|(execa|yaml)$)/],
  // Any package, but of the program core/ alone.
  [/^tests\/bench\//, /^(?!(components|guard|verify|policy|scripts|tests\/(?!bench\/)|examples)\/)/],
  [/^lab\//, /^(?!(components|guard|verify|policy|scripts|tests|examples)\/)/],
  [/^examples\//, /^(examples|core|components)\/|^(node:|@pulumi\/)/],
];

/** What a file imports: packages by name, files by their path from the root. */
function importsOf(file: string): string[] {
  const text = read(file);
  const imports =
    /^(?:import|export|\}).*\bfrom "([^"\n]+)";$|^import "([^"\n]+)";$|(?<![.\w])(?:require|import)\("([^"\n]+)"\)/gm;
  const words = [...text.matchAll(imports)].map(([, a, b, c]) => a ?? b ?? c ?? "");
  return words.map((word) => (word.startsWith(".") ? normalize(join(dirname(file), word)) : word));
}

const sources = FILES.filter((file) => file.endsWith(".ts"));
const files = sources.filter((file) => !/^tests\/(?!bench\/)/.test(file));

test("there are files under every rule", () => {
  const used = new Set(files.map((file) => RULES.findIndex(([of]) => of.test(file))));
  expect([...used].sort((a, b) => a - b)).toEqual(RULES.map((_, index) => index));
});

test.each(files)("%s imports only what its folder may", (file) => {
  const allowed = RULES.find(([of]) => of.test(file))?.[1];
  expect(importsOf(file).filter((word) => !allowed?.test(word))).toEqual([]);
});

/** A file's room in the picture of CONTRIBUTING.md; core's own folders are rooms to each other. */
function roomOf(path: string, other: string): string {
  const isInCore = [path, other].every((p) => p.startsWith("core/"));
  const pattern = isInCore ? /^core\/[^/]+(?=\/)|^core/ : /^tests\/bench|^index\.ts|^[^/]+/;
  return pattern.exec(path)?.[0] ?? path;
}

test("the picture in CONTRIBUTING.md has every import from room to room, and no other", () => {
  const drawn = read("CONTRIBUTING.md").split("<!-- imports:begin -->")[1]?.split("<!-- imports:end -->")[0];
  const arrows = [...(drawn ?? "").matchAll(/^ *(\S+) --> (.+)$/gm)].flatMap(([, from, to = ""]) =>
    to.split(" & ").map((each) => `${from} --> ${each}`),
  );
  const program = files.filter(
    (file) => !file.startsWith("lab/tests/") && !/^tests\/bench\/unit\//.test(file),
  );
  const imported = program.flatMap((file) =>
    importsOf(file)
      .filter((word) => existsSync(join(ROOT, word.split("/")[0] ?? "")))
      .map((word) => [roomOf(file, word), roomOf(word, file)] as const)
      .filter(([from, to]) => from !== to)
      .map(([from, to]) => `${from} --> ${to}`),
  );
  expect([...new Set(imported)].sort()).toEqual(arrows.sort());
});

test("what a file exports, another one reads; tests count, types do not", () => {
  const readers = new Map<string, Set<string>>();
  for (const file of sources) {
    for (const [word] of read(file).matchAll(/\b[A-Za-z_]\w*/g))
      readers.set(word, (readers.get(word) ?? new Set()).add(file));
  }
  const unread = files.flatMap((file) => {
    const exported = read(file).matchAll(/^export (?:async )?(?:abstract )?(?:const|function|class) (\w+)/gm);
    return [...exported].flatMap(([, name = ""]) =>
      readers.get(name)?.size === 1 ? [`${file}: ${name}`] : [],
    );
  });
  expect(unread).toEqual([]);
});
