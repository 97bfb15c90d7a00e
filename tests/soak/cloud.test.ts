import execa from "execa";
import { Cluster, controllers } from "../e2e/harness/cluster";
import { Lab } from "../e2e/harness/lab";

// What Google Cloud does to an existing VM: addresses that come and go, a disk that is pulled out.

const lab = new Lab();
const cluster = new Cluster(lab);
const INSTANCE = "zones/us-west1-a/instances/controller-0";
/** The engine's own address to hosts that it dials by an external one. */
const ENGINE = "192.0.2.1/32";

interface Instance {
  readonly status: string;
  readonly disks: { readonly deviceName: string; readonly source: string }[];
  readonly networkInterfaces: { readonly accessConfigs?: { readonly natIP?: string }[] }[];
}

beforeAll(async () => {
  await lab.boot();
  await lab.mustUp();
});
afterAll(() => lab.down());

const instance = async () => (await lab.api("GET", INSTANCE)) as Instance;
const natIp = async () => (await instance()).networkInterfaces[0]?.accessConfigs?.[0]?.natIP;
/** Whether sshd answers at an address, from where the engine is. */
async function answers(address: string): Promise<boolean> {
  const dial = `exec 3<>/dev/tcp/${address}/22 && head -c 4 <&3`;
  const args = ["--net=/run/netns/etcd-lab", "--", "timeout", "5", "bash", "-c", dial];
  return (await execa("nsenter", args, { reject: false })).stdout === "SSH-";
}

test("a standing cluster gets external addresses, and no member restarts", async () => {
  const before = await cluster.pids(controllers(3));
  await lab.mustUp({ sshReach: "external", "sshSourceRanges[0]": ENGINE });
  await cluster.expectMembers(3);
  expect(await cluster.pids(controllers(3))).toEqual(before);
  expect(await answers((await natIp()) ?? "")).toBe(true);
});

test("the firewall asks where the engine comes from: a different range from its own shuts it out", async () => {
  await lab.api("PATCH", "global/firewalls/kubernetes-the-hard-way-ssh", { sourceRanges: ["10.240.0.0/24"] });
  expect(await answers((await natIp()) ?? "")).toBe(false);
  expect(await answers("10.240.0.10")).toBe(true);
  await lab.mustUp({}, "--refresh");
  expect(await answers((await natIp()) ?? "")).toBe(true);
});

test("a VM that was off has its reserved external address afterwards, and a plain up starts it", async () => {
  const before = (await natIp()) ?? "";
  await lab.api("POST", `${INSTANCE}/stop`);
  await lab.mustUp();
  expect((await instance()).status).toBe("RUNNING");
  expect(await natIp()).toBe(before);
  expect((await lab.outputs()).externalAddresses).toContain(before);
  await cluster.expectMembers(3);
});

test("the cluster goes back to internal addresses, and no member restarts", async () => {
  const [address, before] = [(await natIp()) ?? "", await cluster.pids(controllers(3))];
  await lab.mustUp({ sshReach: "internal" });
  expect(await natIp()).toBeUndefined();
  expect(await answers(address)).toBe(false);
  expect(await cluster.pids(controllers(3))).toEqual(before);
});

test("a data disk is pulled out of a running VM: what uses it fails, and another one takes its place", async () => {
  const disk = (await instance()).disks.find(({ deviceName }) => deviceName === "etcd-data");
  const path = disk?.source.replace(/^.*\/projects\/etcd-lab\//, "") ?? "";
  const write = "touch /var/lib/etcd/probe 2>&1 || true";
  await lab.api("POST", `${INSTANCE}/detachDisk?deviceName=etcd-data`);
  expect(await lab.onHost("controller-0", "sh", "-c", "ls /dev/disk/by-id")).not.toContain(
    "google-etcd-data",
  );
  expect(await lab.onHost("controller-0", "sh", "-c", write)).toMatch(/Read-only|Input\/output error/);
  const { type, sizeGb } = (await lab.api("GET", path)) as { type: string; sizeGb: string };
  await lab.api("DELETE", path);
  const name = path.split("/").pop();
  expect(await lab.api("POST", "zones/us-west1-a/disks", { name, type, sizeGb })).toMatchObject({
    status: "DONE",
  });
  const body = { source: path, deviceName: "etcd-data", mode: "READ_WRITE" };
  expect(await lab.api("POST", `${INSTANCE}/attachDisk`, body)).toMatchObject({ status: "DONE" });
  const size = await lab.onHost(
    "controller-0",
    "blockdev",
    "--getsize64",
    "/dev/disk/by-id/google-etcd-data",
  );
  expect(size).toBe(String(Number(sizeGb) * 1024 ** 3));
});
