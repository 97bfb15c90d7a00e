import { mkdirSync } from "node:fs";
import type { PhaseValues } from "../../../../core/node/phases";
import { declaredMembers, SEED, setCertificates, setCluster } from "./cluster";
import { newNode, type RunOptions, type RunResult, type TestNode } from "./node";
import { type Certificates, certificatesOnStdin } from "./pki";
import { installRelease } from "./release";

export const VERSION = "3.4.10";

/** Where the other two members of the seed's cluster listen. */
export const OTHERS: readonly string[] = [SEED[1].ip, SEED[2].ip];

/** All three, for a phase that asks this node as it asks the others. */
export const LISTENING: readonly string[] = SEED.map(({ ip }) => ip);

type Options = Readonly<Record<string, string>>;

/** Runs `bootstrap` as the program does, by default at its create, with no one else there. */
export function bootstrap(
  node: TestNode,
  certificates: Certificates,
  changed: Options = {},
  listening: readonly string[] = [],
  run: RunOptions = {},
): RunResult {
  const options: PhaseValues<"bootstrap"> = {
    mode: "create",
    name: node.name,
    ip: node.ip,
    version: VERSION,
    members: declaredMembers(),
    founders: SEED.map(({ name }) => name).join(","),
    pki: "1",
    instance: "1",
    ...changed,
  };
  return node.phase("bootstrap", options, { stdin: certificatesOnStdin(certificates), listening, ...run });
}

/** This node's address while its etcd runs or is about to: it listens before it has a majority. */
function ownListener(node: TestNode): string[] {
  const state = node.exists("/fake/etcd-state") ? node.read("/fake/etcd-state").trim() : "";
  return ["active", "activating"].includes(state) ? [node.ip] : [];
}

/** Runs `converge` as the program does, by default with both others there. */
export function converge(
  node: TestNode,
  changed: Options = {},
  listening = OTHERS,
  run: RunOptions = {},
): RunResult {
  const options: PhaseValues<"converge"> = {
    name: node.name,
    ip: node.ip,
    version: VERSION,
    members: declaredMembers(),
    config: "1",
    pki: "1",
    instance: "1",
    vm: "this",
    next: "next",
    ...changed,
  };
  return node.phase("converge", options, { listening: [...ownListener(node), ...listening], ...run });
}

/** A node that is ready for `bootstrap`: `install` has run. */
export function installedNode(name?: string, ip?: string): TestNode {
  const node = newNode(name, ip);
  node.write("/etc/passwd", `${node.read("/etc/passwd")}etcd:x:999:999::/var/lib/etcd:/usr/sbin/nologin\n`);
  node.write("/etc/group", `${node.read("/etc/group")}etcd:x:999:\n`);
  node.write("/mnt/disks/etcd/lost+found/.keep", "");
  mkdirSync(node.at("/var/lib/etcd"), { mode: 0o700 });
  installRelease(node, VERSION);
  return node;
}

/** A node whose etcd runs what is declared, as a follower in the seed's healthy cluster. */
export function runningNode(certificates: Certificates): TestNode {
  const node = installedNode();
  expectSuccess(bootstrap(node, certificates));
  setCluster(node);
  for (const ip of OTHERS) setCertificates(node, ip, certificates);
  expectSuccess(converge(node));
  node.forgetCalls();
  return node;
}

/** Runs `membership` as the program does, on the first controller. */
export function membership(node: TestNode, changed: Options = {}, listening = LISTENING): RunResult {
  const options: PhaseValues<"membership"> = {
    name: node.name,
    version: VERSION,
    members: declaredMembers(),
    instances: "1,2,3",
    ...changed,
  };
  return node.phase("membership", options, { listening });
}

/** The reasons that a run gave for its refusal, without their codes. */
export function reasonsOf({ stderr }: RunResult): string[] {
  return stderr.split("\n").flatMap((line) => /^ {2}- (?:[A-Z_]+: )?(.*)$/.exec(line)?.[1] ?? []);
}

/** Expects a run to have succeeded and without an error in its log. */
export function expectSuccess({ code, stderr }: RunResult): void {
  expect({ code, errors: stderr.split("\n").filter((line) => line.includes("ERROR")), stderr }).toMatchObject(
    {
      code: 0,
      errors: [],
    },
  );
}

/** Expects a run to have failed with a code and `message` in its last line of log. */
export function expectFailure({ code, stderr }: RunResult, message: string | RegExp): void {
  const error = stderr.split("\n").find((line) => /: ERROR [A-Z_]+: /.test(line)) ?? stderr;
  if (typeof message === "string") expect(error).toContain(message);
  else expect(error).toMatch(message);
  expect(code).toBe(1);
}
