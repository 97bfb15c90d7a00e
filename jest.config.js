const transform = {
  "^.+\\.ts$": [
    "@swc/jest",
    { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } },
  ],
};

const project = (folder) => ({
  displayName: folder,
  rootDir: __dirname,
  testMatch: [`<rootDir>/tests/${folder}/**/*.test.ts`],
  testEnvironment: "node",
  transform,
  modulePathIgnorePatterns: ["<rootDir>/.lab"],
  ...(["e2e", "soak"].includes(folder) ? { globalSetup: "<rootDir>/tests/e2e/harness/releases.js" } : {}),
  ...(folder === "conformance" ? { globalSetup: "<rootDir>/tests/conformance/harness/header.ts" } : {}),
});

module.exports = {
  // The tests of the node scripts wait for processes of their own; Jest would leave one core idle.
  maxWorkers: "100%",
  // Real clusters take their time; a unit test that hangs is ended by it, too.
  testTimeout: 600_000,
  projects: ["unit", "conformance", "e2e", "soak"].map(project),
};
