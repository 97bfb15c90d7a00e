const { basename } = require("node:path");

/** A Jest reporter: one line for each file at the end of a soak run, and each failed test by its name. */
module.exports = class SoakSummary {
  onRunComplete(_contexts, { testResults }) {
    const rows = testResults.map(({ testFilePath, testResults: tests, perfStats, testExecError }) => [
      basename(testFilePath, ".test.ts"),
      String(tests.filter(({ status }) => status === "passed").length),
      String(tests.filter(({ status }) => status === "failed").length + (testExecError ? 1 : 0)),
      `${Math.round((perfStats.end - perfStats.start) / 1000)} s`,
    ]);
    const all = [["soak", "passed", "failed", "time"], ...rows.sort()];
    const widths = all[0].map((_, column) => Math.max(...all.map((row) => row[column].length)));
    for (const row of all) {
      const cells = row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])));
      process.stderr.write(`${cells.join("  ")}\n`);
    }
    for (const { testResults: tests } of testResults) {
      for (const { status, fullName } of tests)
        if (status === "failed") process.stderr.write(`failed: ${fullName}\n`);
    }
  }
};
