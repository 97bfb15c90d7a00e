import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "./command";
import { foreground } from "./shared/foreground";
import { UsageError } from "./shared/labError";
import { mirrorSums } from "./shared/mirrorSums";
import { ROOT } from "./shared/paths";

/** Puts another release into the lab's mirror. */
export const build: Command = {
  name: "build",
  usage: "etcd VERSION | kube-apiserver",
  summary: "get another etcd release, or a kube-apiserver, into the lab's mirror",
  async run([what, version, ...more]) {
    if (what === "etcd" && version && more.length === 0) return buildEtcd(version);
    if (what === "kube-apiserver" && !version) return buildKubeApiserver();
    throw new UsageError("build what?");
  },
};

async function buildEtcd(version: string): Promise<number> {
  const status = await makeUnlessReady("etcd.sh", version);
  if (status === 0) console.log(`etcd ${version} is in the mirror: sha256 ${mirrorSums().get(version)}`);
  return status;
}

async function buildKubeApiserver(): Promise<number> {
  const status = await makeUnlessReady("kubeApiserver.sh");
  if (status !== 0) return status;
  const binary = execFileSync(step("kubeApiserver.sh"), ["path"], { encoding: "utf8" }).trim();
  const sha256 = readFileSync(`${binary}.sha256`, "utf8").trim();
  console.log(`kube-apiserver is in the mirror: sha256 ${sha256}`);
  return 0;
}

async function makeUnlessReady(script: string, ...args: string[]): Promise<number> {
  if ((await foreground([step(script), "ready", ...args])) === 0) return 0;
  return foreground([step(script), "make", ...args]);
}

function step(script: string): string {
  return join(ROOT, "lab/toolchain/steps", script);
}
