import { inHost } from "../../hosts/namespaces";
import { knownHosts, openMachine } from "../../hosts/nspawnBackend";
import { LabError } from "./labError";
import { LAB_DIR } from "./paths";

/**
 * The pid of a running host's init.
 *
 * @throws LabError when the host does not exist or does not run.
 */
export function requireRunning(host: string): number {
  const known = knownHosts(LAB_DIR);
  if (!known.includes(host)) {
    throw new LabError(`no host ${host}; there are ${known.join(", ") || "none yet"}`);
  }
  const leader = openMachine(LAB_DIR, host).leader();
  if (leader === undefined) throw new LabError(`${host} is not running`);
  return leader;
}

/** The command line that runs a program in a host without SSH, whatever state its network is in. */
export function insideHost(host: string, argv: readonly string[]): string[] {
  return inHost(requireRunning(host), argv);
}
