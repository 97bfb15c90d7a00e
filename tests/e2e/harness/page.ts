import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Lab } from "./lab";

/** The commands of a page's blocks below a heading, as they stand there. @param page in docs/operate. */
export function blocksBelow(page: string, heading: string): string[] {
  const text = readFileSync(join(__dirname, "../../../docs/operate", page), "utf8");
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? "";
  const blocks = [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = ""]) => block);
  if (blocks.length === 0) throw new Error(`no commands below ${heading} of ${page}`);
  return blocks;
}

/** Runs a page's commands for the engine and for Google's VMs in the lab, on the lab's stack. */
export async function runBlock(lab: Lab, block: string): Promise<void> {
  for (const line of block.trim().split("\n")) {
    const [program = "", ...args] = line
      .replaceAll("'", "")
      .replace(/ --stack \w+/, "")
      .split(" ");
    const [, , , host = ""] = args;
    if (program === "pulumi" && args[0] === "up") await lab.mustUp({}, ...args.slice(1));
    else if (program === "pulumi") await lab.must("pulumi", ...args);
    else if (line.startsWith("gcloud compute instances reset ")) await lab.must("reset", host);
    else throw new Error(`the lab has no such command: ${line}`);
  }
}
