import { layBadCertificate } from "./badCertificate";
import type { Lab } from "./lab";

/** Something that strikes one controller, and the way back. */
export interface Fault {
  readonly name: string;
  strike(lab: Lab, host: string): Promise<unknown>;
  /** Takes the cause away; what is left to do then, the product does. */
  cease(lab: Lab, host: string): Promise<unknown>;
  /** Whether the member is lost or wrong until an `up` has its phases run again, as `verify` says. */
  readonly needsUp: boolean;
  /** Whether the member's data is gone for good. */
  readonly takesData?: true;
}

function undone(name: string, strike: string[], cease: string): Fault {
  const [command = "", ...words] = strike;
  return {
    name,
    strike: (lab, host) => lab.must(command, host, ...words),
    cease: (lab, host) => lab.must(cease, host),
    needsUp: false,
  };
}

function lasting(name: string, strike: Fault["strike"]): Fault {
  return { name, strike, cease: async () => {}, needsUp: true };
}

/** Everything that a member can meet with. */
export const FAULTS: readonly Fault[] = [
  undone("power cut", ["power-off"], "reset"),
  undone("frozen", ["freeze"], "thaw"),
  undone("cut off from its peers", ["partition", "peer"], "heal"),
  undone("cut off one way, in", ["partition", "in"], "heal"),
  undone("cut off one way, out", ["partition", "out"], "heal"),
  undone("cut off both ways", ["partition", "both"], "heal"),
  undone("disk full", ["fill"], "unfill"),
  { ...lasting("data wiped", (lab, host) => lab.must("wipe", host)), takesData: true },
  lasting("certificate expired", (lab, host) => layBadCertificate(lab, host, "expired")),
  lasting("certificate of a wrong CA", (lab, host) => layBadCertificate(lab, host, "wrong CA")),
];

/** The name of a controller's member in the stack. */
export function memberOf(host: string): string {
  return host.replace("controller", "member");
}

/**
 * Ends a fault, does what `verify` says is to be done, and waits until the member is healthy.
 *
 * @param settingsBefore those before a change that is under way, which may have to wait until the member is healthy.
 */
export async function repair(
  lab: Lab,
  host: string,
  fault: Fault,
  settingsBefore = lab.settings(),
): Promise<void> {
  await fault.cease(lab, host);
  if (fault.needsUp) {
    const { status, output } = await lab.run("verify");
    const remedy = `pulumi up --replace '**::${memberOf(host)}-install'`;
    // An `up` that met with the fault may have fixed it by itself.
    if (status !== 0) {
      if (!output.includes(remedy)) throw new Error(`verify does not say how to repair ${host}:\n${output}`);
      await installAgain(lab, host, settingsBefore);
    }
  }
  await untilWell(lab, host);
}

/** As docs/operate/replace-member.md says: a change that is refused while the member is down is taken back first. */
async function installAgain(lab: Lab, host: string, settingsBefore: string): Promise<void> {
  const again = ["--replace", `**::${memberOf(host)}-install`];
  const { status, output } = await lab.up({}, ...again);
  if (status === 0) return;
  const declared = lab.settings();
  if (declared === settingsBefore || !output.includes("refused")) throw new Error(output);
  lab.putSettings(settingsBefore);
  await lab.mustUp({}, ...again);
  lab.putSettings(declared);
}

/** @throws Error with what the member says, when it is not healthy within a minute. */
export async function untilWell(lab: Lab, host: string): Promise<void> {
  const end = Date.now() + 60_000;
  for (;;) {
    const { status, output } = await lab.run("etcdctl", `@${host}`, "endpoint", "health");
    if (status === 0) return;
    if (Date.now() > end)
      throw new Error(`${host} is not healthy a minute after its fault ended:\n${output}`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
