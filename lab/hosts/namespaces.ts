import { run } from "./run";

/** The command line that runs a program in a named network namespace. */
export function inNetwork(netns: string, argv: readonly string[]): string[] {
  return ["nsenter", `--net=/run/netns/${netns}`, "--", ...argv];
}

/** The command line that runs a program in all namespaces of a host's init. */
export function inHost(init: number, argv: readonly string[]): string[] {
  const namespaces = ["--mount", "--uts", "--ipc", "--net", "--pid"];
  return ["nsenter", "--target", String(init), ...namespaces, "--", ...argv];
}

/** Runs an nft script in a network namespace. */
export async function nft(netns: string, script: string): Promise<void> {
  const [program = "", ...args] = inNetwork(netns, ["nft", "-f", "-"]);
  await run(program, args, { input: script });
}
