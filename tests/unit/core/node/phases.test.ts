import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  commandName,
  MEMBER_PHASES,
  PHASES,
  type Phase,
  parseCommandName,
  parsePhase,
  renderPhase,
} from "../../../../core/node/phases";

const REMOTE = join(__dirname, "../../../../remote");
const read = (file: string) => readFileSync(join(REMOTE, file), "utf8");

/** A phase's script and all that it sources; the gate is sent after what it needs. */
function scriptsOf(phase: Phase): string {
  const own = read(`${phase}.sh`);
  const sourced = [...own.matchAll(/^# shellcheck source=(\S+)$/gm)].map(([, file = ""]) => file);
  const needed = phase === "vm-gate" ? ["lib.sh", "cluster.sh", "declared.sh", "reasons.sh"] : sourced;
  return [own, ...needed.map(read)].join("\n");
}

const listed = (script: string, name: string) =>
  new RegExp(`^${name}="(.*)"$`, "m").exec(script)?.[1]?.split(" ") ?? [];

describe.each(Object.keys(PHASES) as Phase[])("%s", (phase) => {
  const { options, triggers } = PHASES[phase];

  test("lists in its script what it is sent, options and triggers apart", () => {
    const script = read(`${phase}.sh`);
    expect(listed(script, "OPTIONS")).toEqual(options);
    expect(listed(script, "TRIGGERS")).toEqual(triggers);
  });

  test("reads every option and no trigger", () => {
    const scripts = scriptsOf(phase);
    const isRead = (name: string) => scripts.includes(`\${OPT[${name}]}`);
    expect(options.filter((name) => !isRead(name))).toEqual([]);
    expect(triggers.filter(isRead)).toEqual([]);
  });
});

const VALUES = { name: "controller-0", version: "3.4.10", members: "a=https://b", instances: "1,2" };

test("a phase is a bounded command as root, with one option a line, and is read back", () => {
  const command = renderPhase("membership", VALUES);
  expect(command).toBe(
    [
      "sudo timeout -k 10 600 /usr/local/lib/etcd-node/membership.sh",
      "--name controller-0",
      "--version 3.4.10",
      "--members a=https://b",
      "--instances 1,2",
    ].join(" \\\n  "),
  );
  expect(parsePhase("membership", command)).toEqual(VALUES);
});

test("what the phase does not know is left out; a text without options is no phase", () => {
  expect(parsePhase("membership", "x.sh \\\n  --name a \\\n  --mode create")).toEqual({ name: "a" });
  expect(parsePhase("membership", "sudo bash -s")).toBeUndefined();
});

test("a command's name tells its phase and member", () => {
  for (const phase of MEMBER_PHASES) {
    expect(parseCommandName(commandName(12, phase))).toEqual({ phase, index: 12 });
  }
  expect(parseCommandName("etcd-membership")).toEqual({ phase: "membership" });
  expect(parseCommandName("any-vm-gate")).toEqual({ phase: "vm-gate" });
  for (const name of ["member-0-restart", "member-x-install", "membership", "etcd-install", "toString"]) {
    expect(parseCommandName(name)).toBeUndefined();
  }
});
