import { Cluster, controllers } from "../e2e/harness/cluster";
import { Lab } from "../e2e/harness/lab";

// A new minor is tried on a copy of the data: there has to be room for it beside the data.

const HOSTS = controllers(3);
const DISK = "/mnt/disks/etcd";
const lab = new Lab();
const cluster = new Cluster(lab);

beforeAll(async () => {
  await lab.boot();
  await lab.mustUp({ etcdVersion: "3.5.33" });
});
afterAll(() => lab.down());

/** Fills controller-0's data disk but for 100 MiB. */
async function leaveLittle(): Promise<void> {
  const most = `$(($(df --output=avail -B1 ${DISK} | tail -n1) - 104857600))`;
  await lab.onHost("controller-0", "bash", "-c", `fallocate -l ${most} ${DISK}/taken`);
}

test("without room it is refused, with how much there is and has to be, and nothing restarts", async () => {
  await leaveLittle();
  const before = await cluster.pids(HOSTS);
  expect(await lab.upRefused({ etcdVersion: "3.6.14" })).toMatch(
    /DATA_DISK_FULL: the data disk has (99|100) MiB free, and a snapshot and a trial of the new minor need 3\d\d MiB;/,
  );
  expect(await cluster.pids(HOSTS)).toEqual(before);
  expect(await cluster.versions(HOSTS)).toEqual(["3.5.33", "3.5.33", "3.5.33"]);
});

test("old archives make room, the newest stays", async () => {
  const archives = ["archive-20260101T000000Z", "archive-20260201T000000Z"];
  await lab.onHost("controller-0", "rm", `${DISK}/taken`);
  for (const archive of archives)
    await lab.onHost(
      "controller-0",
      "bash",
      "-c",
      `mkdir ${DISK}/${archive} && fallocate -l 300M ${DISK}/${archive}/db`,
    );
  await leaveLittle();
  const output = await lab.mustUp({ etcdVersion: "3.6.14" });
  expect(output).toMatch(/freeing space for .*: removing \/mnt\/disks\/etcd\/archive-20260101T000000Z/);
  expect(await lab.onHost("controller-0", "sh", "-c", `cd ${DISK} && echo archive-*`)).toBe(archives[1]);
  expect(await cluster.versions(HOSTS)).toEqual(["3.6.14", "3.6.14", "3.6.14"]);
  await lab.onHost("controller-0", "rm", `${DISK}/taken`);
  await cluster.expectMembers(3);
  await cluster.expectAsDeclared();
});
