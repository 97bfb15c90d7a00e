import { Cluster, controllers } from "../e2e/harness/cluster";
import { Lab } from "../e2e/harness/lab";

const lab = new Lab();
const cluster = new Cluster(lab);
const CONSENT = /acceptDataLoss ([0-9a-f]{16})/;

beforeAll(async () => {
  await lab.boot();
  await lab.mustUp({ etcdVersion: "3.5.33", controllerCount: "1" });
  await lab.must("etcdctl", "put", "kept", "value");
});
afterAll(() => lab.down());

const kept = async () => (await lab.must("etcdctl", "get", "kept", "--print-value-only")).stdout.trim();

/** Expects a preview and an `up` to end before any VM or data disk; the consent that they name. */
async function expectRefusal(settings: Record<string, string>, ...lines: RegExp[]): Promise<string> {
  await lab.set(settings);
  const pids = await cluster.pids(["controller-0"]);
  const preview = await lab.run("pulumi", "preview", "--non-interactive");
  expect(preview.status).not.toBe(0);
  const output = await lab.upRefused();
  for (const said of [preview.output, output]) {
    expect(said).toContain("this change replaces data disks");
    for (const line of lines) expect(said).toMatch(line);
  }
  expect(await kept()).toBe("value");
  expect(await cluster.pids(["controller-0"])).toEqual(pids);
  return CONSENT.exec(output)?.[1] ?? "";
}

test("a single member's disk does not go for a smaller or another one", async () => {
  await expectRefusal(
    { dataDiskSizeGb: "20" },
    /controller-0: pd-ssd of 50 GB in us-west1-a, would be pd-ssd of 20 GB/,
  );
  await lab.set({ dataDiskSizeGb: "50" });
  await expectRefusal({ dataDiskType: "pd-balanced" }, /all data of the cluster is deleted/);
  await lab.set({ dataDiskType: "pd-ssd" });
  await lab.set({ dataDiskSizeGb: "60" });
  expect((await lab.must("pulumi", "preview", "--non-interactive")).output).not.toContain("data disks");
});

test("several members' zones neither, and each controller that moves is named", async () => {
  await lab.set({ dataDiskSizeGb: "50", controllerCount: "3" });
  await lab.mustUp();
  await expectRefusal(
    { "zones[0]": "us-west1-b", "zones[1]": "us-west1-a", "zones[2]": "us-west1-c" },
    /controller-0: .*us-west1-a, would be .*us-west1-b/,
    /controller-1: /,
  );
  await lab.set({ "zones[0]": "us-west1-a", "zones[1]": "us-west1-b" });
  expect(await lab.mustUp()).toMatch(/unchanged/);
});

test("what is said twice goes, one member after the other, and the cluster keeps its data", async () => {
  const clusterId = await cluster.clusterId();
  const acceptDataLoss = await expectRefusal({ dataDiskSizeGb: "20" });
  await lab.mustUp({ acceptDataLoss });
  await cluster.expectMembers(3);
  expect(await kept()).toBe("value");
  expect(await cluster.clusterId()).toBe(clusterId);
  for (const [index] of controllers(3).entries())
    expect(
      await lab.api("GET", `zones/us-west1-${"abc"[index]}/disks/controller-${index}-etcd-data`),
    ).toMatchObject({ sizeGb: "20" });
  expect(await lab.mustUp()).toMatch(/unchanged/);
});
