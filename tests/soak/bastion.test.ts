import { makeBastion } from "../e2e/harness/bastion";
import { Cluster, controllers, SEED_IDS } from "../e2e/harness/cluster";
import { untilWell } from "../e2e/harness/faults";
import { Lab } from "../e2e/harness/lab";

// What only a jump host does: the plugin has one stream through it for each dial, and is not told when a node dies.

const HOSTS = controllers(3);
const lab = new Lab();
const cluster = new Cluster(lab);
const sh = (host: string, script: string) => lab.onHost(host, "sh", "-c", script);

beforeAll(async () => {
  await lab.boot();
  await lab.mustUp();
  await lab.mustUp(await makeBastion(lab));
});
afterAll(() => lab.down());

test("a node that shows another host key for a while is waited for until it shows the pinned one", async () => {
  const conf = "/etc/ssh/sshd_config.d/10-pinned-host-key.conf";
  await sh("controller-0", `mv ${conf} /root/pinned && ssh-keygen -A && systemctl restart ssh`);
  const run = lab.startUp("--replace", "**::member-0-reach", "--replace", "**::member-0-install");
  expect(await run.shows((output) => /member-0-reach creat/.exec(output)?.[0])).toBeDefined();
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  await sh("controller-0", `mv /root/pinned ${conf} && systemctl restart ssh`);
  const { status, output } = await run.ended;
  expect([status, output]).toEqual([0, expect.stringContaining("member-0-install created")]);
});

test("new VMs come up behind it, every time", async () => {
  await lab.mustUp({ image: "projects/ubuntu-os-cloud/global/images/family/ubuntu-2204-lts" });
  for (const host of HOSTS) await cluster.loseVm(host);
  await lab.mustUp({}, "--refresh");
  expect(Object.values(await cluster.memberIds())).toEqual(SEED_IDS);
});

test("a node that dies in the middle of a phase ends the run within two minutes, by its name", async () => {
  await lab.set({ quotaBackendBytes: "4294967296" });
  const run = lab.startUp();
  expect(await run.shows((output) => /restarting etcd with what/.exec(output)?.[0])).toBeDefined();
  await lab.must("power-off", "controller-0");
  const began = Date.now();
  const { status, output } = await run.ended;
  expect([status === 0, Date.now() - began < 120_000]).toEqual([false, true]);
  expect(output).toMatch(/member-0-converge \*\*updating failed\*\*/);
  expect(output).toContain("exited without exit status or exit signal");
  expect(output).not.toMatch(/member-1-converge updating/);
});

test("a node that is off ends the run by the dial limit", async () => {
  const began = Date.now();
  const output = await lab.upRefused({ sshDialErrorLimit: "3" }, "--target", "**::member-0-install");
  expect(Date.now() - began).toBeLessThan(200_000);
  expect(output).toMatch(/proxy: after 3 failed attempts: ssh: rejected: connect failed/);
  await lab.must("reset", "controller-0");
  await untilWell(lab, "controller-0");
  await lab.mustUp();
  await cluster.expectMembers(3);
});

test("destroy needs no program", async () => {
  await lab.api("DELETE", "zones/us-west1-a/instances/bastion");
  await lab.api("DELETE", "global/firewalls/bastion-ssh");
  await lab.must("pulumi", "destroy", "--yes", "--non-interactive");
});
