import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { NodeFile } from "../core/nodeBundle";

/** Where the phases live on a node. */
export const NODE_LIB_DIR = "/usr/local/lib/etcd-node";

const PHASES = ["install.sh", "bootstrap.sh", "converge.sh", "membership.sh", "start-guard.sh"];
const SOURCED = ["lib.sh", "answers.sh", "cluster.sh", "certificates.sh", "snapshot.sh", "join.sh"];

/**
 * Everything that goes to a node besides secrets: the phases, the unit and the rendered etcd.env, the last
 * two as declared files that converge puts in place.
 */
export function nodeFiles(etcdEnv: string): NodeFile[] {
  return [
    ...SOURCED.map((file) => ({ path: `${NODE_LIB_DIR}/${file}`, mode: "0644", content: readRemote(file) })),
    ...PHASES.map((file) => ({ path: `${NODE_LIB_DIR}/${file}`, mode: "0755", content: readRemote(file) })),
    { path: "/var/lib/etcd-node/declared/etcd.service", mode: "0644", content: readRemote("etcd.service") },
    { path: "/var/lib/etcd-node/declared/etcd.env", mode: "0644", content: etcdEnv },
  ];
}

/** One of the scripts in remote/. */
export function readRemote(file: string): string {
  return readFileSync(join(__dirname, "..", "remote", file), "utf8");
}
