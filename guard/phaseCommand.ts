import { NODE_LIB_DIR } from "../core/node/layout";
import { isReach } from "../core/node/reach";
import { parseCommandOptions, shellCommand } from "../core/node/shell";

/** Phases whose script is sent on stdin. */
const SENT = ["install", "vm-gate"];

/** True when a command's text is a phase's own, with options and nothing else. */
export function isPhaseCommand(phase: string, text: string): boolean {
  const [program = ""] = text.split(" \\\n");
  const isItsOwn = new RegExp(`^sudo timeout -k \\d{1,4} \\d{1,5} ${NODE_LIB_DIR}/${phase}\\.sh$`).test(
    program,
  );
  return isItsOwn && shellCommand(program, parseCommandOptions(text)) === text;
}

/** True when a Command of this phase may run this text by SSH. */
export function mayRun(phase: string, text: string): boolean {
  if (phase === "reach") return isReach(text);
  return SENT.includes(phase)
    ? /^sudo (timeout -k \d{1,4} \d{1,5} )?bash -s$/.test(text)
    : isPhaseCommand(phase, text);
}
