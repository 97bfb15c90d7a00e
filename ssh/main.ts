import { spawn } from "node:child_process";
import { readStackExport } from "../core/stackExport";
import { exportStack } from "../verify/exportStack";
import { accessOf } from "./access";
import { parseRequest, USAGE, UsageError } from "./cli";
import { withSsh } from "./client";

/** @returns what the command on the controller has ended with; 255 when ssh itself has failed. */
async function main(tool: string, argv: readonly string[]): Promise<number> {
  const { stack, controller, isInside, command } = parseRequest(tool, argv);
  const access = accessOf(readStackExport(await exportStack(stack)), controller, isInside);
  return withSsh(access, command === undefined ? [] : [command], ([program = "", ...words]) => {
    const child = spawn(program, words, { stdio: "inherit" });
    // The terminal sends Ctrl-C to ssh as well, which passes it on or ends; the key goes after that.
    process.on("SIGINT", () => undefined);
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve(code ?? 255));
    });
  });
}

const [tool = "", ...argv] = process.argv.slice(2);
main(tool, argv).then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    console.error(`error: ${error.message}${error instanceof UsageError ? `\n${USAGE}` : ""}`);
    process.exitCode = 2;
  },
);
