import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Cluster, controllers } from "../e2e/harness/cluster";
import { Lab } from "../e2e/harness/lab";

const PAGE = readFileSync(join(__dirname, "../../docs/operate/restore.md"), "utf8");
const HOSTS = controllers(3);
const RESTORE_DB = "/mnt/disks/etcd/restore.db";

const lab = new Lab();
const cluster = new Cluster(lab);
let clusterId: string;
let snapshot: string;

beforeAll(async () => {
  await lab.boot();
  await lab.mustUp({ etcdVersion: "3.5.33", sshDialErrorLimit: "5" });
  clusterId = await cluster.clusterId();
});
afterAll(() => lab.down());

/** The commands of the page's blocks below a heading, as they stand there. */
function blocksBelow(heading: string): string[] {
  const section = PAGE.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? "";
  const blocks = [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = ""]) => block);
  if (blocks.length === 0) throw new Error(`no commands below ${heading}`);
  return blocks;
}

/** Runs a block on every controller, at the same time. */
function onAll(block: string): Promise<string[]> {
  return Promise.all(HOSTS.map((host) => lab.onHost(host, "bash", "-c", `cd /root && set -e\n${block}`)));
}

test("a snapshot is taken as the page says", async () => {
  await lab.must("etcdctl", "put", "before", "the snapshot");
  const [save = ""] = blocksBelow("Take a snapshot");
  await lab.onHost("controller-0", "bash", "-c", `cd /root && ${save}`);
  snapshot = await lab.onHost("controller-0", "base64", "-w0", "/root/backup.db");
  expect(Buffer.from(snapshot, "base64").length % 512).toBe(32);
  await lab.must("etcdctl", "put", "after", "the snapshot");
});

test("with a majority of the disks lost, up makes the machines and refuses to found a new cluster", async () => {
  for (const [index, zone] of ["a", "b"].entries()) {
    await lab.api("DELETE", `zones/us-west1-${zone}/instances/controller-${index}`);
    await lab.api("DELETE", `zones/us-west1-${zone}/disks/controller-${index}-etcd-data`);
  }
  const { status, output } = await lab.up({}, "--refresh");
  expect(status).not.toBe(0);
  expect(output).toMatch(/no healthy quorum to join|the member is not healthy/);
  expect(output).not.toContain("founding the cluster");
  for (const host of ["controller-0", "controller-1"]) {
    expect(await lab.onHost(host, "sh", "-c", "pidof etcd || echo none")).toBe("none");
  }
});

test("the page's commands bring the snapshot back on every controller", async () => {
  for (const host of HOSTS) {
    // In pieces, since a command line has a longest length.
    for (const [index, piece] of (snapshot.match(/.{1,100000}/g) ?? []).entries()) {
      const into = index === 0 ? ">" : ">>";
      await lab.onHost(host, "sh", "-c", `printf %s '${piece}' ${into}/root/restore.b64`);
    }
    await lab.onHost(host, "sh", "-c", `base64 -d /root/restore.b64 >${RESTORE_DB}`);
  }
  const [check = ""] = blocksBelow("Before");
  const etcdutl = check.split("\n").find((line) => line.includes("etcdutl")) ?? "";
  for (const answer of await onAll(etcdutl)) expect(answer).toContain("TOTAL KEYS");
  for (const block of blocksBelow("Restore, on every controller")) await onAll(block);
  const [start = "", up = ""] = blocksBelow("Start");
  await onAll(start);

  const [program, command, ...flags] = up.trim().replaceAll("'", "").split(/\s+/);
  expect([program, command]).toEqual(["pulumi", "up"]);
  const preview = await lab.must("pulumi", "preview", "--non-interactive", ...flags);
  process.stderr.write(`the preview of the end of a restore:\n${preview.stdout}\n`);
  await lab.mustUp({}, ...flags);
});

test("the cluster is a new one, with the data of the snapshot and nothing later", async () => {
  await cluster.expectMembers(3);
  expect(await cluster.clusterId()).not.toBe(clusterId);
  const value = async (key: string) =>
    (await lab.must("etcdctl", "get", key, "--print-value-only")).stdout.trim();
  expect([await value("before"), await value("after")]).toEqual(["the snapshot", ""]);
  const { status, output } = await lab.run("verify");
  expect([status, output]).toEqual([0, expect.stringContaining("Everything is as declared.")]);
  expect(await lab.mustUp()).toMatch(/Resources:\n +\d+ unchanged(\n|$)/);
});
