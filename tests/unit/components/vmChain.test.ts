import { vmFingerprint } from "../../../components/controllerVm";
import { declareControllers } from "../../../core/etcd/topology";
import { parseSettings } from "../../../core/settings";
import { build, commandsBefore } from "./build";
import { CLOUD, type Cloud, type Graph } from "./mocks";

/** The output `vmFingerprints` of a cluster with these settings. */
function marksOf(raw: Record<string, string> = {}): Record<string, string> {
  const { settings } = parseSettings(raw);
  const controllers = declareControllers(settings.controllerCount, settings.zones);
  return Object.fromEntries(
    controllers.map((controller) => [controller.name, vmFingerprint(settings, controller)]),
  );
}

describe("VMs that are stopped or replaced", () => {
  let graph: Graph;
  beforeAll(async () => {
    graph = await build({ machineType: "e2-standard-4" }, marksOf());
  });

  test("are changed one after the other, with their disks, each once the member before is healthy", () => {
    for (const resource of ["controller-0", "controller-0-data"]) {
      expect(commandsBefore(graph, resource)).toEqual(["etcd-vm-gate"]);
    }
    expect(commandsBefore(graph, "etcd-vm-gate")).toEqual([]);
    for (const i of [1, 2]) {
      expect(commandsBefore(graph, `controller-${i}`)).toEqual([`member-${i - 1}-converge`]);
      expect(commandsBefore(graph, `controller-${i}-data`)).toEqual([`member-${i - 1}-converge`]);
    }
  });

  test("have members that wait for their own phases and the member before alone", () => {
    expect(commandsBefore(graph, "member-0-converge")).toEqual(["member-0-bootstrap"]);
    expect(commandsBefore(graph, "member-1-converge")).toEqual(["member-0-converge", "member-1-bootstrap"]);
    expect(commandsBefore(graph, "member-2-converge")).toEqual(["member-1-converge", "member-2-bootstrap"]);
  });

  test("make the members around them look at each other, each before the next VM goes", () => {
    const mark = (i: number, option: string) =>
      new RegExp(`--${option} (\\S+)`).exec(String(graph.one(`member-${i}-converge`).inputs.create))?.[1];
    const before = marksOf();
    for (const i of [0, 1, 2]) expect(mark(i, "vm")).not.toBe(before[`controller-${i}`]);
    expect([0, 1, 2].map((i) => mark(i, "next"))).toEqual([mark(1, "vm"), mark(2, "vm"), "none"]);
  });
});

describe("members of a cluster of which no up has succeeded yet", () => {
  const nothing: Cloud = (token, asked) => {
    if (/:get(Instance|Disk)$/.test(token)) throw new Error(`projects/p/zones/z/any/${asked.name} not found`);
    return CLOUD(token, asked);
  };
  const without =
    (found: string, error?: string): Cloud =>
    (token, asked) => {
      if (!token.endsWith(found) || asked.name?.startsWith("controller-1") !== true)
        return nothing(token, asked);
      if (error) throw new Error(error);
      return token.endsWith(":getDisk")
        ? { ...asked, type: "pd-ssd", size: 50, diskEncryptionKeys: [] }
        : CLOUD(token, asked);
    };
  const BOOTSTRAPS = ["member-0-bootstrap", "member-1-bootstrap", "member-2-bootstrap"];

  test("converge all at once where Google Cloud has neither a VM nor a data disk of it", async () => {
    const graph = await build({}, undefined, { cloud: nothing });
    for (const i of [0, 1, 2]) expect(commandsBefore(graph, `member-${i}-converge`)).toEqual(BOOTSTRAPS);
    const converges = [0, 1, 2].map((i) => `member-${i}-converge`);
    for (const last of ["etcd-vm-gate", "etcd-membership"]) {
      expect(commandsBefore(graph, last)).toEqual(converges);
    }
  });

  test.each<[string, Cloud]>([
    ["a failed run has left a VM", without(":getInstance")],
    ["a failed run has left a data disk", without(":getDisk")],
    [
      "Google Cloud does not say whether there is a VM",
      without(":getInstance", "googleapi: Error 503: backendError"),
    ],
    [
      "Google Cloud does not say whether there is a disk",
      without(":getDisk", "googleapi: Error 403: disk not found or forbidden, forbidden"),
    ],
  ])("converge one after the other where %s", async (_what, cloud) => {
    const graph = await build({}, undefined, { cloud });
    expect(commandsBefore(graph, "member-1-converge")).toEqual(["member-0-converge", ...BOOTSTRAPS].sort());
    expect(commandsBefore(graph, "member-2-converge")).toEqual(["member-1-converge", ...BOOTSTRAPS].sort());
  });

  test("converge one after the other once an up has succeeded, whatever Google Cloud has lost", async () => {
    const graph = await build({}, marksOf(), { cloud: nothing });
    expect(commandsBefore(graph, "member-2-converge")).toContain("member-1-converge");
  });
});

test.each([
  ["is as it was", {}, {}],
  [
    "has other labels, an other etcd and more quota",
    { labels: '{"a":"b"}', quotaBackendBytes: "4294967296" },
    {},
  ],
  ["grows", { controllerCount: "5" }, {}],
  ["shrinks", {}, { controllerCount: "5" }],
])("a cluster that %s has its VMs and phases in parallel", async (_what, now, before) => {
  const graph = await build({ etcdVersion: "3.5.33", ...now }, marksOf({ etcdVersion: "3.4.27", ...before }));
  expect(commandsBefore(graph, "controller-2")).toEqual([]);
  expect(commandsBefore(graph, "member-0-converge")).toEqual(
    graph
      .byType(":Command")
      .map(({ name }) => name)
      .filter((name) => name.endsWith("-bootstrap"))
      .sort(),
  );
});

test.each([
  ["image", "projects/debian-cloud/global/images/family/debian-13"],
  ["machineType", "n2-standard-4"],
  ["bootDiskSizeGb", "30"],
  ["dataDiskType", "pd-balanced"],
  ["dataDiskSizeGb", "100"],
  ["zones", '["us-west1-b", "us-west1-a", "us-west1-c"]'],
  ["canIpForward", "false"],
  ["serviceAccountEmail", "a@p.iam.gserviceaccount.com"],
  ["diskKmsKey", "projects/p/locations/l/keyRings/r/cryptoKeys/k"],
])("another %s puts the VMs into the chain", async (name, value) => {
  const graph = await build({ [name]: value }, marksOf());
  expect(commandsBefore(graph, "controller-2")).toEqual(["member-1-converge"]);
});

/** Clouds where something is not as the last `up` has left it. */
const vmIs =
  (changed: Record<string, unknown>): Cloud =>
  (token, asked) =>
    token.endsWith(":getInstance") && asked.name === "controller-1"
      ? { ...CLOUD(token, asked), ...changed }
      : CLOUD(token, asked);
const diskIs =
  (changed: Record<string, unknown>): Cloud =>
  (token, asked) =>
    token.endsWith(":getDisk") && asked.name === "controller-1-etcd-data"
      ? { ...asked, type: "pd-ssd", size: 50, diskEncryptionKeys: [], ...changed }
      : CLOUD(token, asked);

test.each<[string, Cloud, string[]]>([
  [
    "a failed run has made of something else",
    vmIs({ labels: { "etcd-vm-fingerprint": "0" } }),
    ["member-1-converge"],
  ],
  ["somebody has given another type", vmIs({ machineType: "e2-highmem-8" }), ["member-1-converge"]],
  ["a failed run has given another disk", diskIs({ size: 20 }), ["member-1-converge"]],
  [
    "is as it was",
    vmIs({
      machineType: parseSettings({}).settings.machineType,
      labels: { "etcd-vm-fingerprint": marksOf()["controller-1"] },
    }),
    [],
  ],
  ["has its disk as it was", diskIs({}), []],
])("a VM that %s chains all, though the settings are those of the last up", async (_what, cloud, before) => {
  const graph = await build({}, marksOf(), { cloud });
  expect(commandsBefore(graph, "controller-2")).toEqual(before);
  expect(commandsBefore(graph, "controller-0")).toEqual(before.length > 0 ? ["etcd-vm-gate"] : []);
});

test("what a first up that failed has left chains nothing: its members may wait for each other", async () => {
  const graph = await build({}, undefined, { cloud: vmIs({ machineType: "e2-highmem-8" }) });
  expect(commandsBefore(graph, "controller-2")).toEqual([]);
});

test("a cluster of an earlier release has the fingerprints that it had, so that taking it over chains nothing", () => {
  expect(marksOf()).toEqual({
    "controller-0": "22731c77f3ff9435",
    "controller-1": "1b8a4659e7ae10de",
    "controller-2": "ba7feb1712f8b315",
  });
  expect(marksOf({ sshReach: "external", sshSourceRanges: '["203.0.113.7/32"]' })["controller-1"]).toBe(
    "88d02a5c2c17a556",
  );
});

describe("the gate before the first VM", () => {
  test("asks the second controller, by what is known before any VM is changed", async () => {
    const graph = await build({ machineType: "e2-standard-4" }, marksOf());
    const { connection, stdin } = graph.one("etcd-vm-gate").inputs;
    expect(JSON.stringify(connection)).toContain('"host":"10.240.0.11"');
    expect(graph.optionsOf("etcd-vm-gate").dependencies).not.toContain("controller-1");
    expect(stdin).toMatch(
      /\nmain\(\) \{\nvm_gate \\\n {2}--name controller-0 \\\n {2}--vm \w+\n\}\nmain <\/dev\/null\n$/,
    );
  });

  test("is another one only when the first VM is", async () => {
    const script = async (raw: Record<string, string>) => (await build(raw)).one("etcd-vm-gate").inputs.stdin;
    const now = await script({});
    expect(await script({ controllerCount: "5", quotaBackendBytes: "4294967296" })).toBe(now);
    expect(await script({ machineType: "e2-standard-4" })).not.toBe(now);
  });

  test("comes last when the second controller is no member yet", async () => {
    const last = marksOf({ controllerCount: "1", etcdVersion: "3.5.33" });
    const graph = await build({ machineType: "e2-standard-4" }, last);
    expect(commandsBefore(graph, "etcd-vm-gate")).toEqual(["etcd-membership"]);
    expect(commandsBefore(graph, "controller-0")).toEqual([]);
  });

  test("is none where a single member has no one to ask", async () => {
    const graph = await build({ controllerCount: "1", etcdVersion: "3.5.33" }, marksOf());
    expect(graph.byType(":Command").map(({ name }) => name)).not.toContain("etcd-vm-gate");
  });

  describe("with public addresses", () => {
    const EXTERNAL = { sshReach: "external", sshSourceRanges: '["203.0.113.7/32"]' };
    const now = { ...EXTERNAL, machineType: "e2-standard-4" };

    test("asks at the address that the last up has left", async () => {
      const externalAddresses = ["198.51.100.1", "198.51.100.2", "198.51.100.3"];
      const graph = await build(now, marksOf(EXTERNAL), { externalAddresses });
      expect(commandsBefore(graph, "controller-0")).toEqual(["etcd-vm-gate"]);
      expect(JSON.stringify(graph.one("etcd-vm-gate").inputs.connection)).toContain('"host":"198.51.100.2"');
    });

    test.each([
      ["another way was", marksOf()],
      ["addresses that were not reserved were", marksOf(EXTERNAL)],
    ])("comes last where %s the last up's", async (_what, last) => {
      const graph = await build(now, last);
      expect(commandsBefore(graph, "controller-0")).toEqual([]);
      expect(commandsBefore(graph, "controller-1")).toEqual(["member-0-converge"]);
      expect(commandsBefore(graph, "etcd-vm-gate")).toEqual(["etcd-membership"]);
      expect(JSON.stringify(graph.one("etcd-vm-gate").inputs.connection)).toContain(
        "controller-1-external-address",
      );
    });

    test("is asked inside when it goes back to internal addresses", async () => {
      const graph = await build({}, marksOf(EXTERNAL), {
        externalAddresses: ["198.51.100.1", "198.51.100.2"],
      });
      expect(JSON.stringify(graph.one("etcd-vm-gate").inputs.connection)).toContain('"host":"10.240.0.11"');
    });
  });
});
