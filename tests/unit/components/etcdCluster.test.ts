import * as pulumi from "@pulumi/pulumi";
import { build, commandsBefore } from "./build";
import type { Graph } from "./mocks";

const MEMBERS =
  "controller-0=https://10.240.0.10:2380,controller-1=https://10.240.0.11:2380,controller-2=https://10.240.0.12:2380";

describe("the default cluster", () => {
  let graph: Graph;
  beforeAll(async () => {
    graph = await build();
  });

  test("has three controllers at the seed's addresses, spread over the zones", () => {
    const instances = graph.byType(":Instance").map(({ inputs }) => ({
      name: inputs.name,
      zone: inputs.zone,
      ip: (inputs.networkInterfaces as { networkIp: string }[])[0]?.networkIp,
    }));
    expect(instances).toEqual([
      { name: "controller-0", zone: "us-west1-a", ip: "10.240.0.10" },
      { name: "controller-1", zone: "us-west1-b", ip: "10.240.0.11" },
      { name: "controller-2", zone: "us-west1-c", ip: "10.240.0.12" },
    ]);
  });

  test("has nine commands for members and two for the cluster", () => {
    expect(
      graph
        .byType(":Command")
        .map((r) => r.name)
        .sort(),
    ).toEqual([
      "etcd-membership",
      "etcd-vm-gate",
      ...[0, 1, 2].flatMap((i) => [`member-${i}-bootstrap`, `member-${i}-converge`, `member-${i}-install`]),
    ]);
  });

  test("bootstraps in parallel and converges one by one, membership last", () => {
    const waitsFor = (name: string) => commandsBefore(graph, name);
    const bootstraps = ["member-0-bootstrap", "member-1-bootstrap", "member-2-bootstrap"];
    expect(waitsFor("member-1-install")).toEqual([]);
    expect(waitsFor("member-1-bootstrap")).toEqual(["member-1-install"]);
    expect(waitsFor("member-0-converge")).toEqual(bootstraps);
    expect(waitsFor("member-1-converge")).toEqual([...bootstraps, "member-0-converge"].sort());
    expect(waitsFor("member-2-converge")).toEqual([...bootstraps, "member-1-converge"].sort());
    expect(waitsFor("etcd-membership")).toEqual([0, 1, 2].map((i) => `member-${i}-converge`));
    expect(waitsFor("etcd-vm-gate")).toEqual([0, 1, 2].map((i) => `member-${i}-converge`));
    for (const i of [0, 1, 2]) {
      expect(waitsFor(`controller-${i}`)).toEqual([]);
      expect(waitsFor(`controller-${i}-data`)).toEqual([]);
    }
  });

  test("VMs boot while the firewall and the way out are made, which install waits for", () => {
    const network = ["etcd-network-ssh", "etcd-network-etcd", "etcd-network-api", "etcd-network-nat"];
    for (const i of [0, 1, 2]) {
      const [vm, install] = [`controller-${i}`, `member-${i}-install`].map(
        (name) => graph.optionsOf(name).dependencies,
      );
      expect(vm?.filter((name) => network.includes(name))).toEqual([]);
      expect(install).toEqual(expect.arrayContaining(network));
    }
  });

  test("no certificate and no key waits for what Google makes, nor for a node", () => {
    const slow = graph.resources.filter(({ type }) => /^(gcp|command):/.test(type)).map(({ name }) => name);
    const pki = graph.resources.filter(({ type }) => type.startsWith("tls:"));
    expect(pki.length).toBeGreaterThan(10);
    for (const { name } of pki)
      expect([name, graph.optionsOf(name).dependencies.filter((other) => slow.includes(other))]).toEqual([
        name,
        [],
      ]);
  });

  test("creates the cluster on create alone", () => {
    const { create, update } = graph.one("member-1-bootstrap").inputs;
    expect(create).toContain("--mode create \\\n");
    expect(create).toContain("--founders controller-0,controller-1,controller-2 \\\n");
    expect(update).toBe((create as string).replace("--mode create", "--mode update"));
    expect(graph.optionsOf("etcd-founders").ignoreChanges).toEqual(["input"]);
  });

  test("names no other member's outputs in a member's commands, so that one change does not concern all", () => {
    for (const i of [0, 1, 2]) {
      for (const phase of ["install", "bootstrap", "converge"]) {
        const text = JSON.stringify(graph.one(`member-${i}-${phase}`).inputs);
        for (const other of [0, 1, 2].filter((o) => o !== i))
          expect(text).not.toContain(`id-of-controller-${other}`);
        expect(text).toContain(`id-of-controller-${i}`);
      }
    }
  });

  test("never deletes by command and never uses triggers or environment", () => {
    for (const { inputs } of graph.byType(":Command")) {
      expect(inputs.delete).toBeUndefined();
      expect(inputs.triggers).toBeUndefined();
      expect(inputs.environment).toBeUndefined();
      expect(inputs.addPreviousOutputInEnv).toBe(false);
    }
  });

  test("pins each node's host key in every connection", () => {
    for (const i of [0, 1, 2]) {
      for (const phase of ["install", "bootstrap", "converge"]) {
        expect(graph.one(`member-${i}-${phase}`).inputs.connection).toMatchObject({
          value: { host: `10.240.0.1${i}`, hostKey: `ssh-ed25519 PUBLIC(controller-${i}-host-key)` },
        });
      }
    }
  });

  test("puts keys on stdin as a secret and nowhere else in a command", () => {
    for (const { name, inputs } of graph.byType(":Command")) {
      const { stdin, connection, ...rest } = inputs as Record<string, unknown>;
      expect(JSON.stringify(rest)).not.toContain("KEY(");
      expect(isSecret(connection)).toBe(true);
      if (name.endsWith("-bootstrap")) expect(isSecret(stdin)).toBe(true);
      else expect(JSON.stringify(stdin ?? "")).not.toContain("KEY(");
    }
  });

  test("gives each member its own names", () => {
    expect(graph.one("etcd-pki-controller-1-request").inputs).toMatchObject({
      dnsNames: ["controller-1", "localhost"],
      ipAddresses: ["10.240.0.11", "127.0.0.1"],
    });
    expect(graph.one("etcd-pki-kubernetes-request").inputs.ipAddresses).toEqual([
      "10.32.0.1",
      "10.240.0.10",
      "10.240.0.11",
      "10.240.0.12",
      "127.0.0.1",
    ]);
  });

  test("opens nothing to the world", () => {
    const rules = graph.byType(":Firewall").map(({ name, inputs }) => ({
      name,
      ports: (inputs.allows as { ports: string[] }[]).flatMap((a) => a.ports),
      ranges: inputs.sourceRanges,
      tags: inputs.sourceTags,
    }));
    expect(rules).toEqual([
      { name: "etcd-network-etcd", ports: ["2379", "2380"], ranges: undefined, tags: ["controller"] },
      {
        name: "etcd-network-ssh",
        ports: ["22"],
        ranges: ["35.235.240.0/20", "10.240.0.0/24"],
        tags: undefined,
      },
      {
        name: "etcd-network-api",
        ports: ["6443"],
        ranges: ["10.240.0.0/24", "10.200.0.0/16"],
        tags: undefined,
      },
    ]);
    expect(graph.byType(":RouterNat")).toHaveLength(1);
  });

  test("never sets what replaces a VM for a changed script", () => {
    for (const { inputs } of graph.byType(":Instance")) {
      expect(inputs.metadataStartupScript).toBeUndefined();
      expect(inputs.metadata).toMatchObject({
        "enable-oslogin": "FALSE",
        "block-project-ssh-keys": "TRUE",
        "serial-port-enable": "FALSE",
      });
      expect((inputs.serviceAccount as { scopes: string[] }).scopes).not.toContain(
        "https://www.googleapis.com/auth/cloud-platform",
      );
    }
  });

  test("has a parent for everything, and replaces named GCE resources delete-first", () => {
    for (const { name, type } of graph.resources) {
      // The stack's own outputs are read, not made.
      if (/:(EtcdCluster|StackReference)$/.test(type)) continue;
      expect([name, graph.optionsOf(name).parent]).not.toEqual([name, ""]);
      if (type.startsWith("gcp:compute/"))
        expect([name, graph.optionsOf(name).deleteBeforeReplace]).toEqual([name, true]);
    }
  });

  test("declares the initial cluster of the seed", () => {
    expect(graph.one("member-2-converge").inputs.create).toContain(`--members ${MEMBERS} \\\n`);
  });
});

test("a CA generation keeps its key and its end, whatever the settings become", async () => {
  const graph = await build();
  expect(graph.optionsOf("etcd-pki-ca-1-key").ignoreChanges).toEqual(["algorithm", "ecdsaCurve", "rsaBits"]);
  expect(graph.optionsOf("etcd-pki-ca-1").ignoreChanges).toEqual(["validityPeriodHours"]);
});

test.each([3, 5, 7])("%i controllers", async (count) => {
  const graph = await build({ controllerCount: String(count) });
  expect(graph.byType(":Instance")).toHaveLength(count);
  expect(graph.byType(":Command")).toHaveLength(3 * count + (count > 1 ? 2 : 1));
});

test("one controller, at a version that is safe alone", async () => {
  const graph = await build({ controllerCount: "1", etcdVersion: "3.5.33" });
  expect(graph.byType(":Command")).toHaveLength(4);
});

test("external reach reserves public addresses, makes no NAT, and dials them", async () => {
  const graph = await build({ sshReach: "external", sshSourceRanges: '["203.0.113.0/24"]' });
  expect(graph.byType(":RouterNat")).toHaveLength(0);
  const natIp = "address-of-controller-0-external-address";
  const nics = graph.one("controller-0").inputs.networkInterfaces as { accessConfigs: unknown[] }[];
  expect(nics[0]?.accessConfigs).toEqual([{ networkTier: "PREMIUM", natIp }]);
  expect(graph.one("member-0-install").inputs.connection).toMatchObject({ value: { host: natIp } });
});

test("a VM goes with its data disk, with a boot disk of another size, and into another lineage", async () => {
  const graph = await build({ machineType: "c3-standard-4", dataDiskType: "hyperdisk-balanced" });
  expect(graph.optionsOf("controller-1")).toMatchObject({
    replaceWith: ["controller-1-data"],
    replaceOnChanges: ["bootDisk.initializeParams.size"],
    replacementTrigger: "c3",
  });
});

test("the boot disk's type follows from the machine series", async () => {
  const bootDisk = async (raw: Record<string, string>) =>
    (await build(raw)).one("controller-0").inputs.bootDisk;
  expect(await bootDisk({})).toMatchObject({ initializeParams: { type: "pd-balanced" } });
  expect(await bootDisk({ machineType: "c4-standard-2", dataDiskType: "hyperdisk-balanced" })).toMatchObject({
    initializeParams: { type: "hyperdisk-balanced" },
  });
});

test("labels are on the VMs, on all their disks and addresses, and an empty map is none", async () => {
  const labelled = async (raw: Record<string, string>) => {
    const graph = await build({ sshReach: "external", sshSourceRanges: '["203.0.113.0/24"]', ...raw });
    const own = [...graph.byType(":Address"), ...graph.byType(":Disk"), ...graph.byType(":Instance")];
    const boot = graph
      .byType(":Instance")
      .map(({ inputs }) => (inputs.bootDisk as { initializeParams: { labels?: unknown } }).initializeParams);
    return [...own.map(({ inputs }) => inputs), ...boot].map(({ labels }) =>
      JSON.stringify(labels)?.replace(/"etcd-vm-fingerprint":"[0-9a-f]{16}",?/, ""),
    );
  };
  expect(await labelled({ labels: '{"team":"x"}' })).toEqual(Array(15).fill('{"team":"x"}'));
  expect((await labelled({})).filter((labels) => labels === undefined)).toHaveLength(9);
});

describe("what an organisation asks for", () => {
  test("a key of its own for the disks", async () => {
    const diskKmsKey = "projects/p/locations/l/keyRings/r/cryptoKeys/k";
    const graph = await build({ diskKmsKey });
    expect(graph.one("controller-0").inputs.bootDisk).toMatchObject({ kmsKeySelfLink: diskKmsKey });
    expect(graph.one("controller-0-data").inputs.diskEncryptionKey).toEqual({ kmsKeySelfLink: diskKmsKey });
  });

  test("an account that is there: none is made", async () => {
    const serviceAccountEmail = "vms@p.iam.gserviceaccount.com";
    const graph = await build({ serviceAccountEmail });
    expect(graph.byType(":Account")).toEqual([]);
    expect(graph.one("controller-0").inputs.serviceAccount).toMatchObject({ email: serviceAccountEmail });
  });

  test("no IP forwarding", async () => {
    expect((await build()).one("controller-0").inputs.canIpForward).toBe(true);
    expect((await build({ canIpForward: "false" })).one("controller-0").inputs.canIpForward).toBe(false);
  });

  test("a range of its own: addresses, firewall and certificates follow", async () => {
    const graph = await build({ subnetCidr: "172.20.0.0/24" });
    expect(graph.one("etcd-network-subnet").inputs.ipCidrRange).toBe("172.20.0.0/24");
    expect(graph.one("controller-2-address").inputs.address).toBe("172.20.0.12");
    expect(graph.one("etcd-network-api").inputs.sourceRanges).toEqual(["172.20.0.0/24", "10.200.0.0/16"]);
    expect(JSON.stringify(graph.one("etcd-pki-kubernetes-request").inputs)).not.toContain("10.240.0.");
    expect(graph.one("member-0-converge").inputs.create).toContain("https://172.20.0.11:2380");
  });
});

test("a bastion is a pinned proxy of every connection", async () => {
  const hostKey = `ssh-ed25519 ${"A".repeat(68)}`;
  const graph = await build({
    sshReach: "bastion",
    bastion: JSON.stringify({ host: "b.example", user: "ops", hostKey }),
  });
  expect(graph.one("member-0-install").inputs.connection).toMatchObject({
    value: { proxy: { host: "b.example", port: 22, user: "ops", hostKey }, perDialTimeout: 5 },
  });
  const { connection, create } = graph.one("member-0-reach").inputs;
  expect(connection).toMatchObject({ value: { host: "b.example", port: 22, user: "ops", hostKey } });
  expect(connection).not.toMatchObject({ value: { proxy: expect.anything() } });
  expect(create).toMatch(/^bash -s -- .*--ip 10\.240\.0\.10 .*--limit 600 /s);
  expect(graph.optionsOf("member-0-reach").dependencies).toContain("controller-0");
  expect(graph.optionsOf("member-0-install").dependencies).toContain("member-0-reach");
});

test("without a bastion nothing waits on one", async () => {
  expect((await build()).byType(":Command").filter(({ name }) => name.endsWith("-reach"))).toEqual([]);
});

test("deletion protection reaches GCE and the engine", async () => {
  const graph = await build({ deletionProtection: "true" });
  expect(graph.one("controller-0").inputs.deletionProtection).toBe(true);
  expect(graph.optionsOf("controller-0").protect).toBe(true);
  expect(graph.optionsOf("controller-0-data").protect).toBe(true);
});

test("two trusted CA generations make a bundle, the active one signs", async () => {
  const graph = await build({ caTrusted: "[2, 1]", caActive: "2" });
  expect(graph.one("etcd-pki-controller-0").inputs.caCertPem).toBe("CERT(etcd-pki-ca-2)\n");
  const stdin = graph.one("member-0-bootstrap").inputs.stdin as { value: string };
  expect(stdin.value).toContain("=== ca.pem\nCERT(etcd-pki-ca-1)\nCERT(etcd-pki-ca-2)\n=== kubernetes.pem\n");
});

function isSecret(value: unknown): boolean {
  return (
    (value as Record<string, unknown>)?.[pulumi.runtime.specialSigKey] === pulumi.runtime.specialSecretSig
  );
}

test("user info in the mirror's URL is on a secret stdin, and nowhere else", async () => {
  const graph = await build({ etcdDownloadBaseUrl: "https://u:gehe%22im42@mirror/etcd" });
  const told = JSON.stringify(graph.resources.map(({ name, inputs }) => ({ name, ...inputs, stdin: "" })));
  expect(told).not.toMatch(/gehe/);
  const [install] = graph.byType(":Command").filter(({ name }) => name === "member-0-install");
  const stdin = JSON.stringify(install?.inputs.stdin);
  expect(stdin).toContain("--url https://mirror/etcd/v3.4.10/");
  expect(stdin.match(/gehe/g)).toHaveLength(1);
});
