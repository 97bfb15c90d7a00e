import { FILES, read } from "./repository";

/** Packages that no one imports, and what they are for. */
const UNIMPORTED = {
  "@biomejs/biome": "npm run check:style",
  "@swc/core": "Pulumi's Node.js host and Jest read TypeScript with it",
  "@swc/jest": "jest.config.js",
  "@types/jest": "types of tests",
  "@types/node": "types of Node.js",
  jest: "npm test",
  "ts-node": "Pulumi's Node.js host",
  tsx: "guard, verify and scripts run by it",
  typescript: "npm run check:types, Pulumi's Node.js host",
};

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}
const manifest = (file: string) => JSON.parse(read(file)) as Manifest;
const root = manifest("package.json");
const lab = manifest("lab/package.json");

/** The packages that the files under some paths import. */
function importedBy(...paths: string[]): string[] {
  const isIn = (file: string) => paths.some((path) => file === path || file.startsWith(`${path}/`));
  const names = FILES.filter((file) => file.endsWith(".ts") && isIn(file));
  const imports =
    /^(?:(?:import|export|\}).*\bfrom |import )"([^".\n][^"\n]*)";$|(?<![.\w])(?:require|import)\("([^".\n]+)"\)/gm;
  const found = names.flatMap((file) => [...read(file).matchAll(imports)].map(([, a, b]) => a ?? b ?? ""));
  const packages = found
    .filter((name) => !name.startsWith("node:"))
    .map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name);
  return [...new Set(packages)].sort();
}

/** Without the types, which are of a package beside them. */
const named = (packages: object | undefined) =>
  Object.keys(packages ?? {}).filter((name) => !name.startsWith("@types/"));

test("the program's dependencies are what the program imports: four", () => {
  const imported = importedBy("index.ts", "components", "core");
  expect(imported).toEqual(["@pulumi/command", "@pulumi/gcp", "@pulumi/pulumi", "@pulumi/tls"]);
  expect(Object.keys(root.dependencies ?? {})).toEqual(imported);
});

test("the other dependencies of the root are of the operators' tools and of tests", () => {
  const others = importedBy("guard", "verify", "ssh", "policy", "scripts", "examples", "tests");
  const imported = others.filter((name) => !(name in (root.dependencies ?? {})));
  const used = [...imported, ...Object.keys(UNIMPORTED)];
  expect(named(root.devDependencies).sort()).toEqual(
    used.filter((name) => !name.startsWith("@types/")).sort(),
  );
});

test("the lab's dependencies are what only the lab imports", () => {
  const outside = new Set([...named(root.dependencies), ...named(root.devDependencies)]);
  const imported = importedBy("lab").filter((name) => !outside.has(name));
  // Run by lab/toolchain/run.sh.
  expect(named(lab.devDependencies).sort()).toEqual(["esbuild", ...imported].sort());
  expect(lab.dependencies).toBeUndefined();
});

test.each([
  ["the root", root, ["jest", "node"]],
  ["the lab", lab, []],
])("%s has types of its own packages alone", (_, { devDependencies }, others) => {
  const typed = Object.keys(devDependencies).flatMap((name) => /^@types\/(.*)$/.exec(name)?.[1] ?? []);
  expect(typed.filter((name) => !(name in devDependencies) && !(others as string[]).includes(name))).toEqual(
    [],
  );
});

test("each version is said exactly", () => {
  const versions = [root.dependencies, root.devDependencies, lab.devDependencies].flatMap((packages) =>
    Object.values(packages ?? {}),
  );
  for (const version of versions) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
});
