import { join } from "node:path";
import execa from "execa";

/** A stack's state, by default the selected stack's. Keys come with it: it stays in memory. */
export async function exportStack(stack: string | undefined): Promise<string> {
  const choice = stack === undefined ? [] : ["--stack", stack];
  const { stdout, stderr, exitCode } = await execa(
    "pulumi",
    ["stack", "export", "--show-secrets", "--non-interactive", ...choice],
    { cwd: join(__dirname, ".."), reject: false, stdin: "ignore" },
  );
  if (exitCode !== 0) throw new Error(`pulumi stack export: ${stderr || "pulumi is not on the PATH"}`);
  return stdout;
}
