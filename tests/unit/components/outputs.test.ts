import * as pulumi from "@pulumi/pulumi";
import { vmFingerprint } from "../../../components/controllerVm";
import { EtcdCluster, type EtcdClusterArgs } from "../../../components/etcdCluster";
import { missingExport } from "../../../components/previousOutputs";
import { type ClusterOutputs, CONTRACT_OUTPUTS } from "../../../core/contract/outputs";
import { declareControllers } from "../../../core/etcd/topology";
import { resolveSettings } from "../../../core/settings";
import { commandsBefore } from "./build";
import { CLOUD, type Cloud, type Graph, graphOf } from "./mocks";

const HOST_KEY = `ssh-ed25519 ${"A".repeat(68)}`;

const exportsOf = (args?: EtcdClusterArgs, previous: Record<string, unknown> = {}) =>
  graphOf(() => new EtcdCluster("etcd", args).outputs(), previous);

const known = (output: unknown) =>
  new Promise<unknown>((resolve) => pulumi.output(output as string).apply(resolve));
const isSecret = (output: unknown) => pulumi.isSecret(pulumi.output(output));

/** What each controller's VM is made of by default. */
const { settings } = resolveSettings({});
const FINGERPRINTS = Object.fromEntries(
  declareControllers(3, settings.zones).map((c) => [c.name, vmFingerprint(settings, c)]),
);

describe("index.ts", () => {
  /** Runs it with a stack's settings. */
  const run = (settings: Record<string, string>, cloud?: Cloud) =>
    graphOf(
      () => {
        pulumi.runtime.setAllConfig(settings);
        return require("../../../index")();
      },
      {},
      cloud,
    );
  const called: string[] = [];
  let graph: Graph;
  let outputs: Record<string, unknown>;
  beforeAll(async () => {
    graph = await run(
      { "etcd-on-gce:controllerCount": "5", "other:controllerCount": "x" },
      (token, asked) => {
        called.push(token);
        if (token.endsWith(":none")) throw new Error(`no function ${token}`);
        return CLOUD(token, asked);
      },
    );
    outputs = graph.exported as Record<string, unknown>;
  });

  test("takes the stack's settings", () => {
    expect(graph.byType(":Instance")).toHaveLength(5);
  });

  test("has each plugin started before anything else is asked of one, and needs no answer", () => {
    expect(called.slice(0, 3)).toEqual(["gcp:index:none", "tls:index:none", "command:index:none"]);
    expect(called.filter((token) => token.endsWith(":none"))).toHaveLength(3);
  });

  test("has that plugin started which its resources ask for", () => {
    const { dependencies } = require("../../../package.json");
    for (const plugin of ["gcp", "tls", "command"]) {
      expect([...(graph.versions.get(plugin) ?? [])]).toEqual([dependencies[`@pulumi/${plugin}`]]);
    }
  });

  test("starts none when a setting is wrong", async () => {
    const asked = jest.fn<Record<string, unknown>, [string]>();
    await expect(run({ "etcd-on-gce:controllerCount": "4" }, asked)).rejects.toThrow(
      "controllerCount: got 4",
    );
    expect(asked).not.toHaveBeenCalled();
  });

  test("exports the contract and what the next up reads, in this order", () => {
    expect(Object.keys(outputs)).toEqual([
      ...CONTRACT_OUTPUTS,
      "vmFingerprints",
      "dataDisks",
      "externalAddresses",
    ]);
  });

  test("exports what its resources tell", async () => {
    const { certificateExpiry, vmFingerprints, dataDisks, externalAddresses: _, ...others } = outputs;
    const expected: Omit<ClusterOutputs, "certificateExpiry"> = {
      contractVersion: 1,
      memberList: graph.memberList,
      members: [
        {
          id: "3a57933972cb5131",
          name: "controller-2",
          peerUrls: ["https://10.240.0.12:2380"],
          clientUrls: ["https://10.240.0.12:2379"],
          isLearner: false,
        },
      ],
      endpoints: [0, 1, 2, 3, 4].map((i) => `https://10.240.0.1${i}:2379`),
      clusterToken: "etcd-cluster-0",
      etcdVersion: "3.4.10",
      caCertPem: "CERT(etcd-pki-ca-1)\n",
      kubernetesCertPem: "CERT(etcd-pki-kubernetes)\n",
      kubernetesKeyPem: "KEY(etcd-pki-kubernetes-key)",
      etcdClientCertPem: "CERT(etcd-pki-etcd-client)\n",
      etcdClientKeyPem: "KEY(etcd-pki-etcd-client-key)",
      networkSelfLink: "https://www.googleapis.com/compute/v1/etcd-network",
      subnetSelfLink: "https://www.googleapis.com/compute/v1/etcd-network-subnet",
    };
    expect(await known(others)).toEqual(expected);
    expect(await known(certificateExpiry)).toMatchObject({
      "ca-1": "END(etcd-pki-ca-1)",
      kubernetes: "END(etcd-pki-kubernetes)",
      "controller-4": "END(etcd-pki-controller-4)",
    });
    expect(await known(vmFingerprints)).toMatchObject(FINGERPRINTS);
    expect(await known(dataDisks)).toMatchObject({
      "controller-1": { zone: "us-west1-b", type: "pd-ssd", sizeGb: 50, kmsKey: "" },
    });
  });

  test("keeps the keys secret and nothing else", async () => {
    const secrets = await Promise.all(Object.values(outputs).map(isSecret));
    expect(Object.keys(outputs).filter((_, index) => secrets[index])).toEqual([
      "kubernetesKeyPem",
      "etcdClientKeyPem",
    ]);
  });

  test("warns of the release's known defects", () => {
    expect(graph.warnings).toEqual([expect.stringContaining("etcdVersion 3.4.10 has known defects: ")]);
  });
});

test("the CA's key and the SSH access are outputs only when they are asked for, and secret", async () => {
  const bastion = { host: "b.example", user: "ops", hostKey: HOST_KEY };
  const args = { exportCaKey: true, exportSshAccess: true, sshReach: "bastion", bastion } as const;
  const { caKeyPem, sshAccess } = (await exportsOf(args)).exported as Record<string, unknown>;
  expect(await isSecret(caKeyPem)).toBe(true);
  expect(await isSecret(sshAccess)).toBe(true);
  expect(await known(caKeyPem)).toBe("KEY(etcd-pki-ca-1-key)");
  const key = { privateKey: "SSHKEY(etcd-deploy-key)", port: 22 };
  expect(await known(sshAccess)).toEqual(
    [0, 1, 2].map((i) => ({
      name: `controller-${i}`,
      connection: {
        host: `10.240.0.1${i}`,
        user: "etcd-deploy",
        hostKey: `ssh-ed25519 PUBLIC(controller-${i}-host-key)`,
        ...key,
        proxy: { ...bastion, ...key },
      },
    })),
  );
});

test("needs no arguments", async () => {
  const graph = await exportsOf();
  expect(graph.byType(":Instance").map(({ inputs }) => inputs.machineType)).toEqual(
    Array(3).fill("e2-standard-2"),
  );
});

test("says everything that is wrong with its arguments at once, before any resource", async () => {
  const args = { controllerCount: 4, region: 5, zoned: true } as unknown as EtcdClusterArgs;
  let error: unknown;
  const graph = await graphOf(() => {
    try {
      new EtcdCluster("etcd", args);
    } catch (caught) {
      error = caught;
    }
  });
  expect(error).toBeInstanceOf(pulumi.RunError);
  expect((error as Error).message.split("\n")).toEqual([
    "3 problems in the settings; nothing was changed:",
    expect.stringMatching(/^ {2}- zoned: got a value; there is no such setting; use one of /),
    "  - region: got 5; write a text",
    "  - controllerCount: got 4; use 1, 3, 5 or 7: an even number adds no tolerance",
  ]);
  expect(graph.resources).toEqual([]);
});

test.each(["vmFingerprints", "vmMarks"])(
  "reads what VMs were made of from its last output %s",
  async (name) => {
    const graph = await exportsOf({ machineType: "n2-standard-4" }, { [name]: FINGERPRINTS });
    expect(commandsBefore(graph, "controller-1")).toEqual(["member-0-converge"]);
    const still = await exportsOf({}, { [name]: FINGERPRINTS });
    expect(commandsBefore(still, "controller-1")).toEqual([]);
  },
);

test("tells policies what the last up has left, and no secret of it", async () => {
  const graph = await exportsOf({}, { etcdVersion: "3.4.27", members: [], kubernetesKeyPem: "KEY" });
  const [cluster] = graph.byType("index:EtcdCluster");
  expect(graph.outputsOf(cluster?.name ?? "")).toMatchObject({
    previousOutputs: { etcdVersion: "3.4.27", members: [] },
  });
  expect(JSON.stringify(graph.outputsOf("etcd"))).not.toContain("KEY");
});

describe("a program's exports", () => {
  test("must have what the next run reads", () => {
    const message =
      "the program exports no vmFingerprints, which its next run needs; export the cluster's outputs()";
    for (const exported of [undefined, {}, { etcd: { vmFingerprints: {} } }])
      expect(missingExport(exported)).toContain(message);
    expect(missingExport({ vmFingerprints: {} })).toBeUndefined();
  });

  test("are looked at by the cluster", async () => {
    const look = jest.spyOn(pulumi.runtime, "getStackResource");
    await graphOf(() => new EtcdCluster("etcd"));
    expect(look).toHaveBeenCalledWith();
    look.mockRestore();
  });
});
