import { join } from "node:path";
import execa from "execa";
import { runVerify } from "./cli";
import { observe } from "./observe";

const ROOT = join(__dirname, "..");

/** Keys come with it: it stays in memory. */
async function exportStack(stack: string | undefined): Promise<string> {
  const choice = stack === undefined ? [] : ["--stack", stack];
  const { stdout, stderr, exitCode } = await execa(
    "pulumi",
    ["stack", "export", "--show-secrets", "--non-interactive", ...choice],
    { cwd: ROOT, reject: false, stdin: "ignore" },
  );
  if (exitCode !== 0) throw new Error(`pulumi stack export: ${stderr || "pulumi is not on the PATH"}`);
  return stdout;
}

runVerify(process.argv.slice(2), {
  exportStack,
  observe,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
}).then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    process.stderr.write(`etcd verify: ${error.message}\n`);
    process.exitCode = 2;
  },
);
