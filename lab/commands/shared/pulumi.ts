import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import execa from "execa";
import { SETTINGS } from "../../../core/settings";
import { engineEnvironment, engineRecords, STATE_DIR } from "./engine";
import { foreground } from "./foreground";
import { engineArguments, type Invocation, parseInvocation, runsProgram } from "./invocation";
import { hasDeadLock } from "./locks";
import { inNetns } from "./netns";
import { ROOT } from "./paths";
import { withRunnablePacks } from "./policyPack";
import { refreshFromTracked, type StackConfig, setMirrorChecksum, stackConfig } from "./stackConfig";

/** Runs the engine on this terminal, inside the lab's network, and returns its exit status. */
export async function runPulumi(argv: readonly string[]): Promise<number> {
  const invocation = parseInvocation(argv);
  const config = await prepareStack(invocation);
  if (runsProgram(invocation) && invocation.projectDir === ROOT)
    setMirrorChecksum(config, SETTINGS.etcdVersion.default);
  await clearDeadLock(invocation);
  const args = withRunnablePacks(engineArguments(invocation, config.file));
  return foreground(inNetns(["pulumi", ...args]), {
    env: { ...engineEnvironment(), PULUMI_STACK: invocation.stack },
    recordIn: engineRecords(),
  });
}

/** Runs a short engine command and returns what it prints. It needs no network. */
export async function capturePulumi(argv: readonly string[]): Promise<string> {
  const invocation = parseInvocation(argv);
  const config = await prepareStack(invocation);
  const { stdout } = await execa(
    "pulumi",
    [...engineArguments(invocation, config.file), "--non-interactive"],
    {
      env: { ...engineEnvironment(), PULUMI_STACK: invocation.stack },
      extendEnv: false,
    },
  );
  return stdout;
}

/** True when the lab has state of this stack. */
export function stackExists(projectName: string, stack: string): boolean {
  return existsSync(join(STATE_DIR, ".pulumi/stacks", projectName, `${stack}.json`));
}

/** The stack exists and has its copy of the settings afterwards. */
async function prepareStack({ projectName, projectDir, stack }: Invocation): Promise<StackConfig> {
  const config = stackConfig(projectName, stack);
  if (!stackExists(projectName, stack)) {
    // In a directory of its own, since the engine writes the stack's salt beside Pulumi.yaml.
    writeFileSync(join(config.directory, "Pulumi.yaml"), `name: ${projectName}\nruntime: nodejs\n`);
    await execa("pulumi", ["stack", "init", stack, "--non-interactive"], {
      cwd: config.directory,
      env: engineEnvironment(),
      extendEnv: false,
    });
  }
  if (refreshFromTracked(config, projectDir, stack)) {
    console.error(`lab: the settings of stack ${stack} have changed in the checkout and were read again`);
  }
  return config;
}

/** An engine that was killed leaves the stack locked; nothing else would ever unlock it. */
async function clearDeadLock({ projectName, projectDir, stack }: Invocation): Promise<void> {
  if (!hasDeadLock(projectName, stack)) return;
  console.error(`lab: unlocking stack ${stack}, which an engine that no longer runs had locked`);
  await execa("pulumi", ["-C", projectDir, "cancel", "--yes", "--non-interactive", "--stack", stack], {
    env: engineEnvironment(),
    extendEnv: false,
  });
}
