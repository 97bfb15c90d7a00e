import { statSync } from "node:fs";
import { labPath } from "../../lab/commands/shared/paths";
import { watchMemory } from "./memory";
import { type BenchOptions, onNewLabs } from "./newLab";
import { lab, run } from "./processes";
import { UP } from "./pulumiUp";
import { median, ratio, seconds, table } from "./report";

interface Size {
  readonly members: number;
  readonly firstMs: number;
  readonly noOpMs: number;
  readonly changeMs: number;
  readonly stateKib: number;
  /** Of the first `up`: engine, program and plugins. */
  readonly memoryMib: number;
}

const MEMBERS = [1, 3, 5, 7];

/** The oldest release of which the program takes a single member is newer than the default. */
const ETCD_VERSION = "3.5.33";

const TIMEOUT_MS = 900_000;

/** How times, state and memory grow with the number of members. */
export async function benchScale(options: BenchOptions): Promise<string> {
  const runs = await onNewLabs({ ...options, runs: options.runs * MEMBERS.length }, (say, index) =>
    measure(MEMBERS[index % MEMBERS.length] as number, say, options.stop),
  );
  const of = (members: number, value: (size: Size) => number) =>
    median(runs.filter((size) => size.members === members).map(value));
  const row = (name: string, value: (size: Size) => number, text: (n: number) => string) => [
    name,
    ...MEMBERS.map((members) => text(of(members, value))),
    ratio(of(7, value), of(1, value)),
  ];
  return [
    "By number of members:",
    ...table([
      ["", ...MEMBERS.map(String), "7 to 1, ×"],
      row("first up, s", ({ firstMs }) => firstMs, seconds),
      row("up without a change, s", ({ noOpMs }) => noOpMs, seconds),
      row("quota raised, s", ({ changeMs }) => changeMs, seconds),
      row(
        "state, KiB",
        ({ stateKib }) => stateKib,
        (n) => n.toFixed(0),
      ),
      row(
        "memory of engine, program and plugins, MiB",
        ({ memoryMib }) => memoryMib,
        (n) => n.toFixed(0),
      ),
    ]),
  ].join("\n");
}

async function measure(members: number, say: (what: string) => void, stop: AbortSignal): Promise<Size> {
  let endWatch = () => 0;
  const onStart = (pid: number) => {
    endWatch = watchMemory(pid);
  };
  const pulumi = async (...words: string[]) => {
    const ran = await run(lab("pulumi", ...words), { timeoutMs: TIMEOUT_MS, stop, onStart });
    const memoryMib = endWatch();
    if (ran.status !== 0) throw new Error(`pulumi ${words[0]} ended with ${ran.status}:\n${ran.output}`);
    return { ms: ran.wallMs, memoryMib };
  };
  const set = (name: string, value: string) => pulumi("config", "set", `etcd-on-gce:${name}`, value);
  say(`bringing up ${members}`);
  await set("etcdVersion", ETCD_VERSION);
  await set("controllerCount", String(members));
  const first = await pulumi(...UP);
  say("an up without a change");
  const noOp = await pulumi(...UP);
  const stateKib = statSync(labPath("state/.pulumi/stacks/etcd-on-gce/lab.json")).size / 1024;
  say("raising the quota");
  await set("quotaBackendBytes", "4294967296");
  const change = await pulumi(...UP);
  return {
    members,
    firstMs: first.ms,
    noOpMs: noOp.ms,
    changeMs: change.ms,
    stateKib,
    memoryMib: first.memoryMib,
  };
}
