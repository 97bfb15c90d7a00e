const transform = {
  "^.+\\.ts$": [
    "@swc/jest",
    { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } },
  ],
};
const project = (displayName, folder, testTimeout) => ({
  displayName,
  rootDir: __dirname,
  testMatch: [`<rootDir>/tests/${folder}/**/*.test.ts`],
  testEnvironment: "node",
  transform,
  modulePathIgnorePatterns: ["<rootDir>/.lab"],
  testTimeout,
});
module.exports = {
  projects: [
    project("unit", "unit", 20_000),
    project("conformance", "conformance", 60_000),
    project("e2e", "e2e", 900_000),
  ].map(({ testTimeout, ...rest }) => ({ ...rest, globals: { TEST_TIMEOUT_MS: testTimeout } })),
};
