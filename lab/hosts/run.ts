import execa from "execa";

const TIMEOUT_MS = 60_000;

/** Runs a program, bounded in time. @throws with the program's own words. */
export async function run(
  program: string,
  args: readonly string[],
  options: { input?: string } = {},
): Promise<string> {
  const { stdout } = await execa(program, [...args], { timeout: TIMEOUT_MS, ...options });
  return stdout;
}

/** Like {@link run}, where a failure means that there was nothing to do. */
export async function attempt(program: string, args: readonly string[]): Promise<boolean> {
  const { failed } = await execa(program, [...args], { timeout: TIMEOUT_MS, reject: false });
  return !failed;
}
