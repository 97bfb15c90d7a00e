import { execFileSync } from "node:child_process";
import { FILES, ROOT, read } from "./repository";

// Jest and tsx find and read files in ways of their own. Pulumi's host loads the program by ts-node.
const LOAD =
  "console.log(JSON.stringify(process.argv.slice(1).map((file) => Object.keys(require('./' + file)).sort())))";

test("each file of the program has its exports when Pulumi's host loads it", () => {
  // As another file imports it: without an ending.
  const files = FILES.filter((file) => /^(core|components)\/.*\.ts$/.test(file));
  const loaded = execFileSync(
    process.execPath,
    ["-r", "ts-node/register", "-e", LOAD, ...files.map((file) => file.replace(/\.ts$/, ""))],
    { cwd: ROOT, encoding: "utf8" },
  );
  const exported = files.map((file) => {
    const text = read(file);
    const declared = [...text.matchAll(/^export (?:async )?(?:abstract )?(?:const|function|class) (\w+)/gm)];
    const passedOn = [...text.matchAll(/^export \{ ([^}]*) \}/gm)].flatMap(([, names = ""]) =>
      names.split(", "),
    );
    return [...declared.map(([, name]) => name), ...passedOn].sort();
  });
  expect(files.length).toBeGreaterThan(30);
  expect(Object.fromEntries(files.map((file, at) => [file, JSON.parse(loaded)[at]]))).toEqual(
    Object.fromEntries(files.map((file, at) => [file, exported[at]])),
  );
});

test("what lab/toolchain/run.sh bundles looks for no file beside its own, but for the checkout", () => {
  const bundled = FILES.filter((file) => /^(lab|core|ssh)\/(?!tests\/).*\.ts$/.test(file));
  expect(bundled.filter((file) => /\b__(dirname|filename)\b/.test(read(file)))).toEqual(["lab/checkout.ts"]);
});
