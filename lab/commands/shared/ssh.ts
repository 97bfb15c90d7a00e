import { writeFileSync } from "node:fs";
import { z } from "zod";
import { shellQuote } from "../../../core/node/shell";
import { readStackExport } from "../../../core/stackExport";
import { LabError } from "./labError";
import { inNetns } from "./netns";
import { labDirectory, labPath } from "./paths";
import { capturePulumi } from "./pulumi";

type Resources = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

const KEY_TYPE = "tls:index:PrivateKey";
const INSTANCE_TYPE = "gcp:compute:Instance";
const DEPLOY_USER = "etcd-deploy";

/** How to reach a controller by ssh: everything from the stack's state. */
export interface SshAccess {
  /** Controllers in the state, in order. */
  readonly controllers: readonly string[];
  /** The command line that runs `command` on a controller, or a shell there. */
  argv(controller: string, command: readonly string[]): string[];
}

/** The resources of a stack export, by `TYPE::NAME`. */
function resourcesOf(json: string): Resources {
  return new Map(readStackExport(json).map(({ type, name, outputs }) => [`${type}::${name}`, outputs]));
}

function output(resources: Resources, type: string, name: string, property: string): string {
  const value = resources.get(`${type}::${name}`)?.[property];
  if (value === undefined)
    throw new LabError(`${name} is not in the stack's state; run \`lab pulumi up\` first`);
  return z.string().parse(value).trim();
}

function addressOf(resources: Resources, controller: string): string {
  const nics = z
    .array(z.object({ networkIp: z.string() }))
    .parse(resources.get(`${INSTANCE_TYPE}::${controller}`)?.networkInterfaces);
  return nics[0]?.networkIp ?? "";
}

/**
 * Reads the deploy key and the host keys from the stack and lays them down for ssh, below the lab's state.
 *
 * @throws LabError when the stack has no controllers yet.
 */
export async function sshAccess(): Promise<SshAccess> {
  const resources = resourcesOf(await capturePulumi(["stack", "export", "--show-secrets"]));
  const controllers = [...resources.keys()]
    .filter((key) => key.startsWith(`${INSTANCE_TYPE}::controller-`))
    .map((key) => key.split("::")[1] as string)
    .sort();
  if (controllers.length === 0) throw new LabError("the stack has no controllers yet; run `lab start`");
  labDirectory("ssh");
  const addresses = new Map(controllers.map((name) => [name, addressOf(resources, name)]));
  const hostKeys = controllers.map(
    (name) =>
      `${addresses.get(name)} ${output(resources, KEY_TYPE, `${name}-host-key`, "publicKeyOpenssh")}\n`,
  );
  const keyFile = labPath("ssh/deploy-key");
  writeFileSync(keyFile, `${output(resources, KEY_TYPE, "etcd-deploy-key", "privateKeyOpenssh")}\n`, {
    mode: 0o600,
  });
  writeFileSync(labPath("ssh/known_hosts"), hostKeys.join(""), { mode: 0o600 });
  return {
    controllers,
    argv: (controller, command) => {
      const address = addresses.get(controller);
      if (!address) throw new LabError(`no controller ${controller}; there are ${controllers.join(", ")}`);
      return inNetns([
        "ssh",
        ...sshOptions(keyFile),
        ...terminal(command),
        `${DEPLOY_USER}@${address}`,
        ...command,
      ]);
    },
  };
}

function sshOptions(keyFile: string): string[] {
  const options = {
    IdentityFile: keyFile,
    IdentitiesOnly: "yes",
    IdentityAgent: "none",
    UserKnownHostsFile: labPath("ssh/known_hosts"),
    GlobalKnownHostsFile: "/dev/null",
    StrictHostKeyChecking: "yes",
    ConnectTimeout: "10",
    LogLevel: "ERROR",
  };
  // -F: neither the user's nor the machine's ssh settings have a say in the lab.
  return [
    "-F",
    "/dev/null",
    ...Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]),
  ];
}

/** A shell wants a terminal, when there is one. */
function terminal(command: readonly string[]): string[] {
  return command.length === 0 && process.stdin.isTTY ? ["-t"] : [];
}

/** Quotes words for the shell at the far end: ssh joins its arguments by blanks. */
export function shellWords(words: readonly string[]): string {
  return words.map(shellQuote).join(" ");
}
