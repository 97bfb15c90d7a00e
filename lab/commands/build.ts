import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RELEASES } from "../hosts/baseImage";
import type { Command } from "./command";
import { foreground } from "./shared/foreground";
import { UsageError } from "./shared/labError";
import { mirrorSums } from "./shared/mirrorSums";
import { ROOT } from "./shared/paths";

/** Gets what the lab does not have from the start. */
export const build: Command = {
  name: "build",
  usage: "etcd VERSION | kube-apiserver | image debian-13",
  summary: "get another etcd release or a kube-apiserver into the lab's mirror, or make hosts of Debian 13",
  async run([what, version, ...more]) {
    if (what === "etcd" && version && more.length === 0) return buildEtcd(version);
    if (what === "kube-apiserver" && !version) return buildKubeApiserver();
    if (what === "image" && version && more.length === 0) return buildImage(version);
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

async function buildImage(family: string): Promise<number> {
  if (!Object.hasOwn(RELEASES, family))
    throw new UsageError(`image: got ${family}; use one of ${Object.keys(RELEASES).join(", ")}`);
  const status = await makeUnlessReady("image.sh", family);
  if (status === 0) console.log(`${family}: the lab can make hosts of it`);
  return status;
}

async function makeUnlessReady(script: string, ...args: string[]): Promise<number> {
  if ((await foreground([step(script), "ready", ...args])) === 0) return 0;
  return foreground([step(script), "make", ...args]);
}

function step(script: string): string {
  return join(ROOT, "lab/toolchain/steps", script);
}
