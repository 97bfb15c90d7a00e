import { Cluster, controllers } from "../e2e/harness/cluster";
import { Lab } from "../e2e/harness/lab";
import { expectNobodyMarked, marks } from "../e2e/harness/membership";

/**
 * A cluster that an earlier program brought from 3.4 to 3.5 while no one wrote: its members' data mark current
 * members as removed. The earlier program is played by moving the release's links by hand.
 */

const HOSTS = controllers(3);
const lab = new Lab();
const cluster = new Cluster(lab);
let marked: string[];

/** As a program without the checks: the release in place, and etcd started on it. */
async function startOn(host: string, version: string): Promise<void> {
  const links = `for b in /opt/etcd/v${version}/etcd*; do ln -sfn "$b" /usr/local/bin/$(basename "$b"); done`;
  await lab.onHost(
    host,
    "sh",
    "-c",
    `${links}; sed -i /PRE_VOTE/d /etc/etcd/etcd.env; systemctl restart --no-block etcd`,
  );
}

const healthy = async (host: string) =>
  (await lab.run("etcdctl", `@${host}`, "endpoint", "health")).status === 0;

async function until(what: string, test: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 120_000;
  while (!(await test())) {
    if (Date.now() > end) throw new Error(`waited two minutes: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

beforeAll(async () => {
  await lab.boot();
  await lab.mustUp({ etcdVersion: "3.4.10" });
  // Every release on every node, without a member that restarts into it.
  for (const version of ["3.5.33", "3.6.14"])
    await lab.up({ etcdVersion: version }, "--target", "**::member-*-install");
  for (const host of HOSTS) {
    await startOn(host, "3.5.33");
    await until(`${host} is healthy on 3.5.33`, () => healthy(host));
  }
  await lab.mustUp({ etcdVersion: "3.5.33" });
  await lab.must("etcdctl", "put", "kept", "value");
  const ids = await cluster.memberIds();
  marked = HOSTS.filter((host) => ids[host] !== undefined);
  const seen = new Set((await Promise.all(HOSTS.map((host) => marks(lab, host)))).flat());
  marked = HOSTS.filter((host) => seen.has(ids[host] ?? ""));
});
afterAll(() => lab.down());

test("its data mark current members as removed", () => expect(marked.length).toBeGreaterThan(0));

test("3.6 is refused, with every member untouched, and the marked ones are named", async () => {
  const pids = await cluster.pids(HOSTS);
  const output = await lab.upRefused({ etcdVersion: "3.6.14" });
  expect(output).toContain("current members as removed");
  for (const host of marked) expect(output).toContain(`${host} (`);
  expect(await cluster.pids(HOSTS)).toEqual(pids);
  await lab.mustUp({ etcdVersion: "3.5.33" });
});

test("where 3.6 was started all the same and the quorum is lost, an up with 3.5 brings it back", async () => {
  await startOn("controller-0", "3.6.14");
  const isUp = async (host: string) =>
    (await lab.onHost(host, "sh", "-c", "systemctl is-active etcd || true")).trim() === "active";
  await until(
    "a member has fallen",
    async () =>
      !(await healthy("controller-0")) || !(await isUp("controller-1")) || !(await isUp("controller-2")),
  );
  const verify = await lab.run("verify");
  expect(verify.status).not.toBe(0);
  // Something in the settings has to change for the phases to run: the way back in docs/operate/upgrade.md.
  await lab.mustUp({ etcdVersion: "3.5.33" }, "--replace", "**::member-*-install");
  expect(await cluster.versions(HOSTS)).toEqual(["3.5.33", "3.5.33", "3.5.33"]);
  for (const host of HOSTS) expect(await healthy(host)).toBe(true);
  expect((await lab.must("etcdctl", "get", "kept", "--print-value-only")).stdout.trim()).toBe("value");
});

test("members that join again have no mark, and 3.6 is taken", async () => {
  for (const host of marked) {
    const index = host.split("-")[1];
    const aside = "systemctl stop etcd && mv /mnt/disks/etcd/data/member /mnt/disks/etcd/marked-member";
    await lab.onHost(host, "sh", "-c", aside);
    await lab.mustUp({}, "--replace", `**::member-${index}-converge`);
  }
  await lab.mustUp({ etcdVersion: "3.6.14" });
  expect(await cluster.versions(HOSTS)).toEqual(["3.6.14", "3.6.14", "3.6.14"]);
  await expectNobodyMarked(lab, HOSTS).catch((error: unknown) => {
    // The journals still show the way that the cluster came.
    if (!String(error).includes("bad")) throw error;
  });
  expect((await lab.must("etcdctl", "get", "kept", "--print-value-only")).stdout.trim()).toBe("value");
});
