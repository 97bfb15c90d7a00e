import { ETCD_ENV, newNode, type RunResult } from "./harness/node";
import { bootstrap, converge, expectSuccess, installedNode, runningNode } from "./harness/phases";
import { type Certificates, certificatesOnStdin, makeAuthority } from "./harness/pki";
import { offerRelease } from "./harness/release";

/** Each phase prints a line that is another each time, and the phase after it gets that on stdin. */

const RUN_ID = /^run [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\n$/;

let certificates: Certificates;

beforeAll(() => {
  certificates = makeAuthority().issue();
});

function expectOwnIds(runs: readonly RunResult[]): void {
  for (const run of runs) {
    expectSuccess(run);
    expect(run.stdout).toMatch(RUN_ID);
  }
  expect(new Set(runs.map(({ stdout }) => stdout)).size).toBe(runs.length);
}

test("install prints one each time", () => {
  const node = newNode();
  const { name, ip } = node;
  const options = { name, ip, disk: "etcd-data", size: "20", version: "3.4.10", instance: "1" };
  const release = offerRelease(node, "3.4.10");
  expectOwnIds([1, 2].map(() => node.phase("install", { ...options, ...release })));
});

test("bootstrap prints one each time, be etcd down, running or without data", () => {
  const node = installedNode();
  const creating = bootstrap(node, certificates);
  const running = bootstrap(node, certificates);
  node.write("/fake/etcd-state", "inactive\n");
  const starting = bootstrap(node, certificates, { mode: "update" });
  const joining = bootstrap(installedNode(), certificates, { mode: "update" });
  expectOwnIds([creating, running, starting, joining]);
});

test("bootstrap takes what the phase before printed for no part of a certificate", () => {
  const node = installedNode();
  const stdin = `run 5d4c1c3e-1111-4222-8333-444455556666\n${certificatesOnStdin(certificates)}`;
  expectSuccess(bootstrap(node, certificates, {}, [], { stdin }));
  expect(node.read("/etc/etcd/ca.pem")).toBe(certificates.ca);
});

test("converge prints one each time, restart or not, and takes one on stdin", () => {
  const node = runningNode(certificates);
  const run = () => converge(node, {}, undefined, { stdin: "run 5d4c1c3e-1111-4222-8333-444455556666\n" });
  const unchanged = [run(), run()];
  node.declare(`${ETCD_ENV}ETCD_PRE_VOTE=true\n`);
  expectOwnIds([...unchanged, run()]);
});

test("a phase that fails prints none", () => {
  const node = runningNode(certificates);
  node.write("/fake/not-mounted", "");
  expect(converge(node)).toMatchObject({ code: 1, stdout: "" });
  expect(bootstrap(node, certificates)).toMatchObject({ code: 1, stdout: "" });
});
