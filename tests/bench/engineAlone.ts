import { engineEnvironment } from "../../lab/commands/shared/engine";
import { engineArguments, parseInvocation } from "../../lab/commands/shared/invocation";
import { inNetns } from "../../lab/commands/shared/netns";
import { stackConfig } from "../../lab/commands/shared/stackConfig";

/** How the engine is run on a prepared stack in the lab's network. */
export interface EngineAlone {
  readonly argv: string[];
  readonly env: NodeJS.ProcessEnv;
  readonly stack: string;
  /** Holds the stack's settings, and a Pulumi.yaml. */
  readonly configDirectory: string;
}

/** The engine without the lab's command line around it, which takes time of its own. */
export function engineAlone(words: readonly string[]): EngineAlone {
  const invocation = parseInvocation(words);
  const { stack, projectName } = invocation;
  const { directory, file } = stackConfig(projectName, stack);
  return {
    argv: inNetns(["pulumi", ...engineArguments(invocation, file)]),
    env: { ...engineEnvironment(), PULUMI_STACK: stack },
    stack,
    configDirectory: directory,
  };
}
