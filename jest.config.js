const transform = {
  "^.+\\.ts$": [
    "@swc/jest",
    { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } },
  ],
};

const project = (name, folders, globalSetup) => ({
  displayName: name,
  rootDir: __dirname,
  testMatch: folders.map((folder) => `<rootDir>/${folder}/**/*.test.ts`),
  testEnvironment: "node",
  transform,
  modulePathIgnorePatterns: ["<rootDir>/.lab"],
  ...(globalSetup ? { globalSetup: `<rootDir>/${globalSetup}` } : {}),
});

module.exports = {
  // The tests of the node scripts wait for processes of their own; Jest would leave one core idle.
  maxWorkers: "100%",
  // Real clusters take their time; a unit test that hangs is ended by it as well.
  testTimeout: 600_000,
  projects: [
    project("unit", ["tests/unit", "tests/bench/unit", "lab/tests/unit"]),
    project("conformance", ["lab/tests/conformance"], "lab/tests/conformance/harness/header.ts"),
    project("e2e", ["tests/e2e"], "tests/e2e/harness/releases.js"),
    project("soak", ["tests/soak"], "tests/e2e/harness/releases.js"),
  ],
};
