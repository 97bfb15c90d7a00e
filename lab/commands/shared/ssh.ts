import { readStackExport } from "../../../core/stackExport";
import { accessOf, controllersOf } from "../../../ssh/access";
import { withSsh } from "../../../ssh/client";
import { foreground } from "./foreground";
import { LabError } from "./labError";
import { inNetns } from "./netns";
import { capturePulumi } from "./pulumi";

/**
 * Runs a command on a controller, or a shell there, as `npm run ssh` does.
 *
 * @throws LabError when the stack has no such controller.
 */
export async function onController(controller: string, command: readonly string[]): Promise<number> {
  const state = readStackExport(await capturePulumi(["stack", "export", "--show-secrets"]));
  const controllers = controllersOf(state);
  if (controllers.length === 0) throw new LabError("the stack has no controllers yet; run `lab start`");
  if (!controllers.includes(controller))
    throw new LabError(`no controller ${controller}; there are ${controllers.join(", ")}`);
  return withSsh(accessOf(state, controller, true), command, (argv) => foreground(inNetns(argv)));
}
