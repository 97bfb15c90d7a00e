import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ENGINE_PUBLIC_IP, LAB_NETNS } from "../hosts/names";
import { openMachine } from "../hosts/nspawnBackend";
import type { Command } from "./command";
import { describePlugins } from "./plugins";
import { listInstances } from "./shared/api";
import { describeConditions, readConditions } from "./shared/conditions";
import { runningDaemon } from "./shared/daemon";
import { engineRecords } from "./shared/engine";
import { mirrorSums } from "./shared/mirrorSums";
import { netnsExists } from "./shared/netns";
import { LAB_DIR } from "./shared/paths";
import { livingProcess } from "./shared/processes";
import { capturePulumi, stackExists } from "./shared/pulumi";

async function instances(): Promise<string[]> {
  const lines = (await listInstances()).map(({ name, status, ip, zone }) => {
    // The API's word is the cloud's view; a host whose power was cut is RUNNING there, as on GCE.
    const host = openMachine(LAB_DIR, name).isRunning() ? "" : ", its host is off";
    return `${name} ${ip} ${zone} ${status}${host}`;
  });
  return lines.length > 0 ? lines : ["none"];
}

async function members(): Promise<string> {
  if (!stackExists("etcd-on-gce", "lab")) return "no stack yet";
  const outputs = JSON.parse(await capturePulumi(["stack", "output", "--json"])) as { memberList?: string };
  return outputs.memberList?.trim() ?? "the stack has no member list yet";
}

function engines(): string {
  const directory = engineRecords();
  const pids = readdirSync(directory).map((name) => livingProcess(join(directory, name))?.pid);
  return pids.filter((pid) => pid !== undefined).join(", ") || "none running";
}

/** What runs, and what the stack says. */
export const status: Command = {
  name: "status",
  usage: "",
  summary: "what is running; ends with 1 when the lab is not up",
  async run() {
    const daemon = runningDaemon();
    const up = daemon !== undefined && netnsExists();
    console.log(`lab:        ${up ? `up (daemon ${daemon.pid}, network namespace ${LAB_NETNS})` : "not up"}`);
    console.log(`plugins:    ${describePlugins().join("\n            ")}`);
    console.log(`mirror:     etcd ${[...mirrorSums().keys()].join(", ")}`);
    console.log(`engine:     ${engines()}`);
    const unusual = up ? describeConditions(await readConditions()) : [];
    if (unusual.length > 0) console.log(`cloud:      ${unusual.join("\n            ")}`);
    if (up) console.log(`external:   hosts see who dials their external address as ${ENGINE_PUBLIC_IP}`);
    if (up) console.log(`instances:  ${(await instances()).join("\n            ")}`);
    console.log(`at last up: ${(await members()).replaceAll("\n", "\n            ")}`);
    return up ? 0 : 1;
  },
};
