import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recover, recovered } from "../../../scripts/recover";

const PROVIDER = {
  urn: "urn:pulumi:dev::etcd-on-gce::pulumi:providers:gcp::default_9_35_0",
  type: "pulumi:providers:gcp",
  inputs: { project: "etcd-lab" },
};

function resource(type: string, name: string, inputs: object, more: object = {}) {
  return { urn: `urn:pulumi:dev::etcd-on-gce::${type}::${name}`, type, inputs, ...more };
}

const exported = (pending: object[], resources: object[] = []) =>
  JSON.stringify({
    version: 3,
    deployment: { manifest: {}, resources: [PROVIDER, ...resources], pending_operations: pending },
  });
const creating = (resource: object) => ({ type: "creating", resource });
const deploymentOf = (text: string) =>
  (
    JSON.parse(recovered(text)?.state ?? "{}") as {
      deployment: { resources: Record<string, unknown>[]; pending_operations: unknown[] };
    }
  ).deployment;

test("nothing under way is nothing to do", () => {
  expect(recovered(exported([]))).toBeUndefined();
});

const ZONAL = { name: "controller-1", zone: "us-west1-b" };
const REGIONAL = { name: "controller-1", region: "us-west1" };
test.each([
  ["gcp:compute/instance:Instance", ZONAL, "projects/etcd-lab/zones/us-west1-b/instances/controller-1"],
  ["gcp:compute/disk:Disk", ZONAL, "projects/etcd-lab/zones/us-west1-b/disks/controller-1"],
  ["gcp:compute/address:Address", REGIONAL, "projects/etcd-lab/regions/us-west1/addresses/controller-1"],
  ["gcp:compute/network:Network", { name: "vpc" }, "projects/etcd-lab/global/networks/vpc"],
  [
    "gcp:compute/subnetwork:Subnetwork",
    REGIONAL,
    "projects/etcd-lab/regions/us-west1/subnetworks/controller-1",
  ],
  ["gcp:compute/firewall:Firewall", { name: "ssh" }, "projects/etcd-lab/global/firewalls/ssh"],
  ["gcp:compute/router:Router", REGIONAL, "projects/etcd-lab/regions/us-west1/routers/controller-1"],
  [
    "gcp:compute/routerNat:RouterNat",
    { ...REGIONAL, router: "r", project: "other" },
    "other/us-west1/r/controller-1",
  ],
  [
    "gcp:serviceaccount/account:Account",
    { accountId: "etcd-controller" },
    "projects/etcd-lab/serviceAccounts/etcd-controller@etcd-lab.iam.gserviceaccount.com",
  ],
])("%s is put at the end of the state, by its ID", (type, inputs, id) => {
  const { resources, pending_operations } = deploymentOf(exported([creating(resource(type, "it", inputs))]));
  expect(resources.at(-1)).toMatchObject({ id, outputs: {}, dependencies: [] });
  expect(pending_operations).toEqual([]);
});

test("phases and keys, and what was updated or deleted, stay as the state has them", () => {
  const disk = resource("gcp:compute/disk:Disk", "disk", ZONAL, { id: "was" });
  const pending = [
    creating(resource("command:remote:Command", "member-0-install", {})),
    { type: "updating", resource: disk },
    { type: "deleting", resource: disk },
  ];
  expect(deploymentOf(exported(pending, [disk])).resources).toEqual([PROVIDER, disk]);
});

test("a VM that was being replaced takes the old one's place, after what the state has before it", () => {
  const old = resource("gcp:compute/instance:Instance", "controller-1", ZONAL, { pendingReplacement: true });
  const disk = resource("gcp:compute/disk:Disk", "disk", ZONAL);
  const later = resource("command:remote:Command", "member-0-converge", {});
  const made = { ...old, pendingReplacement: undefined, dependencies: [disk.urn, later.urn] };
  const { resources } = deploymentOf(exported([creating(made)], [disk, old, later]));
  expect(resources.map(({ urn }) => urn)).toEqual([PROVIDER.urn, disk.urn, old.urn, later.urn]);
  expect(resources[2]).toMatchObject({ dependencies: [disk.urn], id: expect.stringContaining("instances") });
  expect(resources[2]).not.toHaveProperty("pendingReplacement");
});

test("an input that is no text is no ID", () => {
  const disk = resource("gcp:compute/disk:Disk", "disk", { name: { secret: true }, zone: "z" });
  expect(() => recovered(exported([creating(disk)]))).toThrow(/its name is a secret or a map/);
});

describe("the command", () => {
  let directory: string;
  const path = process.env.PATH;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "recover-"));
    const disk = resource("gcp:compute/disk:Disk", "controller-0-data", ZONAL);
    writeFileSync(join(directory, "export.json"), exported([creating(disk)]));
    process.env.PATH = `${directory}:${path}`;
  });
  afterEach(() => {
    process.env.PATH = path;
    rmSync(directory, { recursive: true });
  });

  function standIn(onImport: string) {
    const script = `#!/bin/sh\ncase "$1 $2" in "stack export") cat ${directory}/export.json ;; "stack import") ${onImport} ;; esac\n`;
    writeFileSync(join(directory, "pulumi"), script);
    chmodSync(join(directory, "pulumi"), 0o755);
  }

  test("writes the state back and says what is next", () => {
    standIn(`echo "$@" >${directory}/words; cat >${directory}/imported.json`);
    expect(recover(["--stack", "dev"])).toBe(
      "In the state now:\n  controller-0-data\nRun `pulumi up --refresh`.\n",
    );
    expect(readFileSync(join(directory, "words"), "utf8")).toBe(
      "stack import --non-interactive --stack dev\n",
    );
    expect(readFileSync(join(directory, "imported.json"), "utf8")).toContain("zones/us-west1-b/disks");
  });

  test("hands on who has locked the stack", () => {
    standIn(
      'echo "error: the stack is currently locked by 1 lock(s): created by me@there (pid 7)" >&2; exit 255',
    );
    expect(() => recover([])).toThrow(/locked by 1 lock\(s\): created by me@there/);
  });
});
