import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DECLARED_DIR, DROP_IN_PATH, NODE_LIB_DIR } from "../core/node/layout";
import type { NodeFile } from "../core/node/nodeBundle";

const EXECUTABLE = ["install.sh", "bootstrap.sh", "converge.sh", "membership.sh", "start-guard.sh"];
const SOURCED = [
  "lib.sh",
  "answers.sh",
  "cluster.sh",
  "declared.sh",
  "reasons.sh",
  "version.sh",
  "authentication.sh",
  "certificates.sh",
  "validity.sh",
  "quota.sh",
  "downgrade.sh",
  "goBack.sh",
  "harden.sh",
  "removed.sh",
  "room.sh",
  "snapshot.sh",
  "trial.sh",
  "minor.sh",
  "join.sh",
];

/**
 * Everything that goes to a node besides secrets: the phases, the unit and the rendered etcd.env, the last
 * two as declared files that converge puts in place.
 */
export function nodeFiles(etcdEnv: string): NodeFile[] {
  return [
    ...SOURCED.map((file) => ({ path: `${NODE_LIB_DIR}/${file}`, mode: "0644", content: readRemote(file) })),
    ...EXECUTABLE.map((file) => ({
      path: `${NODE_LIB_DIR}/${file}`,
      mode: "0755",
      content: readRemote(file),
    })),
    { path: `${DECLARED_DIR}/etcd.service`, mode: "0644", content: readRemote("etcd.service") },
    { path: DROP_IN_PATH, mode: "0644", content: readRemote("comeBack.conf") },
    { path: `${DECLARED_DIR}/etcd.env`, mode: "0644", content: etcdEnv },
  ];
}

/**
 * One of the files in remote/; a script is without its comments, so that another comment runs no phase again. Its lines
 * keep their numbers, which bash tells in its messages.
 */
export function readRemote(file: string): string {
  const text = readFileSync(join(__dirname, "..", "remote", file), "utf8");
  return file.endsWith(".sh") ? text.replace(/^[ \t]*#(?!!).*$/gm, "") : text;
}
