import { join } from "node:path";
import { Lab, UP } from "./harness/lab";
import type { Listed } from "./programs/refusals/index";

// What Google refuses, seen from a program that does not look before it asks, as this repository's own does.
// Organisation policies are in tests/soak/refusals.test.ts.

const PROGRAM = ["-C", join(__dirname, "programs/refusals")];
const DEBIAN = "projects/debian-cloud/global/images/family/debian-12";
const [A, B, C] = ["us-west1-a", "us-west1-b", "us-west1-c"] as const;
const SUBNET = "projects/etcd-lab/regions/us-west1/subnetworks/nodes";
const DATA = `projects/etcd-lab/zones/${A}/disks/data`;
const SPARE = `projects/etcd-lab/zones/${A}/disks/spare`;

const lab = new Lab();
beforeAll(() => lab.boot());
afterAll(() => lab.down());

/** A VM, all in one. */
function vm(name: string, zone: string, machineType: string, bootType: string, more: object = {}): Listed {
  const initializeParams = { image: DEBIAN, type: bootType };
  const networkInterfaces = [{ subnetwork: SUBNET }];
  const args = { zone, machineType, bootDisk: { initializeParams }, networkInterfaces, ...more };
  return { name, type: "Instance", args };
}

const disk = (name: string, type: string, sizeGb: number, more: object = {}): Listed => ({
  name,
  type: "Disk",
  args: { zone: A, type, size: sizeGb, ...more },
});

const reserved = (name: string): Listed => ({
  name,
  type: "Address",
  args: { region: "us-west1", addressType: "INTERNAL", subnetwork: SUBNET, address: "10.240.0.20" },
});

const nodes = (name: string): Listed => ({
  name,
  type: "Subnetwork",
  args: { region: "us-west1", network: "vpc", ipCidrRange: "10.240.0.0/24" },
});

/** What exists while everything else is refused. */
const standing = (machineType = "n2-standard-2"): Listed[] => [
  { name: "vpc", type: "Network", args: { autoCreateSubnetworks: false }, first: true },
  { ...nodes("nodes"), first: true },
  { ...disk("data", "pd-ssd", 10), first: true },
  { ...disk("spare", "pd-ssd", 10), first: true },
  { ...reserved("kept"), first: true },
  {
    ...vm("node", A, machineType, "pd-balanced", {
      attachedDisks: [{ source: DATA }],
      networkInterfaces: [{ subnetwork: SUBNET, networkIp: "10.240.0.10" }],
      allowStoppingForUpdate: true,
    }),
    first: true,
  },
];

async function program(resources: Listed[]): Promise<void> {
  await lab.must("pulumi", ...PROGRAM, "config", "set", "resources", "--", JSON.stringify(resources));
}

async function up(resources: Listed[]) {
  await program(resources);
  return lab.run(...UP, ...PROGRAM, "--continue-on-error");
}

const destroy = () => lab.run("pulumi", "destroy", "--yes", "--non-interactive", ...PROGRAM);

/** What a run says of each resource that it could not make or delete. */
function diagnostics(output: string): Record<string, string> {
  const [, ...parts] = output.split(/^ {2}gcp:compute\S* \((\S+)\):$/m);
  return Object.fromEntries(parts.flatMap((name, i) => (i % 2 ? [] : [[name, parts[i + 1] ?? ""]])));
}

const takes = (disk: string, machineType: string) =>
  `googleapi: Error 400: ${disk} disk type cannot be used by ${machineType} machine type., badRequest`;
const noRoom = (zone: string) =>
  `The zone 'projects/etcd-lab/zones/${zone}' does not have enough resources available to fulfill the request.`;
const IN_USE = (ip: string) => `IP '${ip}' is already being used by another resource.`;

const REFUSED: [listed: Listed, words: string][] = [
  [
    vm("type-of-other-zones", C, "c4-standard-2", "hyperdisk-balanced"),
    "Machine type with name 'c4-standard-2' does not exist in zone 'us-west1-c'., invalid",
  ],
  [vm("pd-boot", A, "n4-standard-2", "pd-balanced"), takes("pd-balanced", "n4-standard-2")],
  [
    vm("pd-data", A, "c4-standard-2", "hyperdisk-balanced", { attachedDisks: [{ source: SPARE }] }),
    takes("pd-ssd", "c4-standard-2"),
  ],
  [vm("hyperdisk-boot", A, "e2-medium", "hyperdisk-balanced"), takes("hyperdisk-balanced", "e2-medium")],
  [vm("few-vcpus", A, "n2-standard-2", "pd-extreme"), takes("pd-extreme", "n2-standard-2")],
  [
    vm("no-boot-disk", A, "c4-standard-96", "hyperdisk-extreme"),
    "hyperdisk-extreme disk type cannot be used for a boot disk., badRequest",
  ],
  [vm("x86-image", A, "c4a-standard-1", "hyperdisk-balanced"), "whose architecture is ARM64"],
  [disk("small", "pd-extreme", 100), "cannot be smaller than 500 GB for disk type pd-extreme., badRequest"],
  [disk("large", "hyperdisk-throughput", 40_000), "cannot be larger than 32768 GB for disk type"],
  [
    disk("below-image", "pd-ssd", 5, { image: DEBIAN }),
    "Requested disk size cannot be smaller than the image size (10 GB), invalid",
  ],
  [disk("no-such-type", "pd-fast", 10), "The disk type 'pd-fast' was not found., invalid"],
  [
    vm("disk-of-another", A, "e2-medium", "pd-balanced", { attachedDisks: [{ source: DATA }] }),
    `The disk resource '${DATA}' is already being used by 'projects/etcd-lab/zones/${A}/instances/node', resourceInUseByAnotherResource`,
  ],
  [
    vm("ip-of-another", B, "e2-medium", "pd-balanced", {
      networkInterfaces: [{ subnetwork: SUBNET, networkIp: "10.240.0.10" }],
    }),
    IN_USE("10.240.0.10"),
  ],
  [reserved("reserved-twice"), IN_USE("10.240.0.20")],
  [nodes("overlaps"), "Invalid IPCidrRange: 10.240.0.0/24 conflicts with existing subnetwork 'nodes'"],
  [
    { name: "taken", type: "Network", args: { autoCreateSubnetworks: false } },
    "googleapi: Error 409: The resource 'projects/etcd-lab/global/networks/taken' already exists, alreadyExists",
  ],
  [vm("no-room-for-n1", B, "n1-standard-1", "pd-standard"), noRoom(B)],
  [vm("no-room-at-all", C, "e2-medium", "pd-standard"), noRoom(C)],
];

test("each is refused in Google's words, nothing of it is left, and the rest is made", async () => {
  const { status, output } = await up(standing());
  expect([status, output]).toEqual([0, expect.stringContaining("7 created")]);
  await lab.api("POST", "global/networks", { name: "taken", autoCreateSubnetworks: false });
  await lab.must("stockout", B, "n1");
  await lab.must("stockout", C);

  const refused = await up([
    ...standing(),
    ...REFUSED.map(([listed]) => listed),
    vm("fits", B, "e2-medium", "pd-ssd"),
  ]);
  const said = diagnostics(refused.output);
  expect(REFUSED.map(([{ name }]) => [name, said[name] ?? ""])).toEqual(
    REFUSED.map(([{ name }, words]) => [name, expect.stringContaining(words)]),
  );
  expect(Object.keys(said).sort()).toEqual(REFUSED.map(([{ name }]) => name).sort());
  for (const [{ name, type, args }] of REFUSED.filter(([{ type }]) => type === "Instance")) {
    const zone = (args as { zone: string }).zone;
    expect([type, await lab.api("GET", `zones/${zone}/instances/${name}`)]).toMatchObject([
      type,
      { error: { code: 404 } },
    ]);
    expect(await lab.api("GET", `zones/${zone}/disks/${name}`)).toMatchObject({ error: { code: 404 } });
  }
  expect(await lab.api("GET", `zones/${B}/instances/fits`)).toMatchObject({ status: "RUNNING" });
});

test("a change of series in place is refused, and leaves the VM off as it was", async () => {
  const { status, output } = await up(standing("c3-standard-4"));
  expect([status, diagnostics(output).node]).toEqual([
    1,
    expect.stringContaining(
      "The machine type of an instance cannot be changed from n2-standard-2 to c3-standard-4",
    ),
  ]);
  expect(await lab.api("GET", `zones/${A}/instances/node`)).toMatchObject({
    status: "TERMINATED",
    machineType: expect.stringMatching(/\/n2-standard-2$/),
  });
});

test("an image family whose images do not carry its name replaces the VM at each up; Debian's does not", async () => {
  await lab.api("POST", "global/images", {
    name: "packer-1725",
    family: "golden",
    sourceDisk: `zones/${A}/disks/node`,
  });
  const image = "projects/etcd-lab/global/images/family/golden";
  const golden = vm("golden", A, "e2-medium", "pd-balanced", { bootDisk: { initializeParams: { image } } });
  expect((await up([...standing(), golden])).status).toBe(0);
  const { output } = await up([...standing(), golden]);
  expect(output).toMatch(/Resources:\n +\+-1 replaced\n +7 unchanged/);
});

test("a subnetwork and a network stay while somebody else uses them", async () => {
  const network = "projects/etcd-lab/global/networks/vpc";
  await lab.api("POST", "regions/us-west1/addresses", {
    name: "foreign",
    addressType: "INTERNAL",
    subnetwork: SUBNET,
  });
  await lab.api("POST", "global/firewalls", { name: "foreign", network, allowed: [{ IPProtocol: "tcp" }] });
  const address = "projects/etcd-lab/regions/us-west1/addresses/foreign";
  expect(diagnostics((await destroy()).output).nodes).toContain(
    `The subnetwork resource '${SUBNET}' is already being used by '${address}', resourceInUseByAnotherResource`,
  );
  await lab.api("DELETE", "regions/us-west1/addresses/foreign");
  expect(diagnostics((await destroy()).output).vpc).toContain(
    `The network resource '${network}' is already being used by 'projects/etcd-lab/global/firewalls/foreign', resourceInUseByAnotherResource`,
  );
  await lab.api("DELETE", "global/firewalls/foreign");
  expect((await destroy()).status).toBe(0);
});
