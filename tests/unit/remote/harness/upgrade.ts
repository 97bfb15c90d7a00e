import { actions } from "./actions";
import type { TestNode } from "./node";
import { converge, expectFailure, LISTENING, reasonsOf, runningNode } from "./phases";
import type { Certificates } from "./pki";
import { installRelease } from "./release";

export const TRIAL = "/mnt/disks/etcd/trial";

/** A running node whose cluster is at `from`, with the release `to` beside it. */
export function upgradableNode(certificates: Certificates, from: string, to: string): TestNode {
  const node = runningNode(certificates);
  installRelease(node, from);
  installRelease(node, to);
  setVersions(node, from);
  node.remove("/usr/local/bin/etcd");
  return converged(node, from);
}

function converged(node: TestNode, version: string): TestNode {
  const { code, stderr } = converge(node, { version });
  if (code !== 0) throw new Error(stderr);
  node.forgetCalls();
  return node;
}

/** Lets every member say that it runs `server`; the cluster is at its minor. */
export function setVersions(node: TestNode, server: string): void {
  for (const ip of LISTENING) setVersion(node, ip, server);
}

/** Lets one member say that it runs `server`, in a cluster at `cluster`. */
export function setVersion(node: TestNode, ip: string, server: string, cluster = server): void {
  const minor = cluster.split(".").slice(0, 2).join(".");
  node.write(`/fake/version@${ip}`, `{"etcdserver":"${server}","etcdcluster":"${minor}.0"}`);
}

/** Runs converge to `version`; expects it to refuse for `reasons`, with nothing changed and no trial left. */
export function expectRefusedUpgrade(node: TestNode, version: string, reasons: readonly string[]): void {
  const run = converge(node, { version });
  expect(reasonsOf(run)).toEqual(reasons);
  expectFailure(run, "refused, nothing was changed on controller-0");
  expectUntouched(node);
}

/** Expects that nothing was restarted or linked, and that no trial is left. */
export function expectUntouched(node: TestNode): void {
  expect(actions(node)).toEqual([]);
  expect(node.calls(/^etcd /)).toEqual([]);
  expect(node.exists(TRIAL)).toBe(false);
  expect(node.exists("/fake/trial-state")).toBe(false);
  expect(node.exists("/mnt/disks/etcd/others-data.db")).toBe(false);
}
