import {
  type Answer,
  DISK,
  failure,
  IMAGE,
  INSTANCE,
  LabApi,
  LINK,
  notFound,
  prepare,
  REGION,
  SUBNETWORK,
  ZONE,
} from "./labApi";

// What organisation policies forbid, in Google's words.

let lab: LabApi;
beforeEach(async () => {
  lab = new LabApi();
  await prepare(lab, "subnetwork", "address", "disk");
});
afterEach(() => lab.close());

const VM = `${ZONE}/instances/controller-0`;
const ROUTER = { name: "r", network: "projects/p1/global/networks/kthw" };
const NAT = {
  name: "nat",
  natIpAllocateOption: "AUTO_ONLY",
  sourceSubnetworkIpRangesToNat: "LIST_OF_SUBNETWORKS",
};
const LISTED = { ...NAT, subnetworks: [{ name: `projects/p1/${REGION}/subnetworks/kubernetes` }] };
const ALL = { ...NAT, sourceSubnetworkIpRangesToNat: "ALL_SUBNETWORKS_ALL_IP_RANGES" };
const OS_LOGIN = (value: string) => ({ items: [{ key: "enable-oslogin", value }] });
const NIC = { subnetwork: `projects/p1/${REGION}/subnetworks/kubernetes`, networkIP: "10.240.0.10" };
const deny = (...constraints: string[]) => lab.conditions({ constraints });

function violated(constraint: string, words: string): Answer {
  return failure(412, "conditionNotMet", `Constraint constraints/${constraint} violated for ${words}`);
}

test.each([
  ["compute.requireOsLogin", "project p1."],
  [
    "compute.vmExternalIpAccess",
    `project 424242424242. Add instance projects/p1/${VM} to the constraint to use external IP with it.`,
  ],
  ["compute.vmCanIpForward", `projects/p1. Enabling IP forwarding is not allowed for projects/p1/${VM}.`],
  ["compute.trustedImageProjects", "project p1. Use of images from project debian-cloud is prohibited."],
  [
    "gcp.restrictNonCmekServices",
    "project p1 attempting to create a resource not protected by CMEK crypto key.",
  ],
])("%s refuses an instance, and nothing of it is left", async (constraint, words) => {
  await deny(constraint);
  expect(await lab.call("POST", `${ZONE}/instances`, INSTANCE)).toEqual(violated(constraint, words));
  expect(await lab.call("GET", VM)).toEqual(notFound(VM));
  expect(await lab.get(`${ZONE}/disks/data-0`)).not.toHaveProperty("users");
  await deny();
  await lab.mutate("POST", `${ZONE}/instances`, INSTANCE);
});

test("an instance that complies with all of them but the two on its disk is made", async () => {
  await deny(
    "compute.requireOsLogin",
    "compute.vmExternalIpAccess",
    "compute.vmCanIpForward",
    "compute.restrictCloudNATUsage",
  );
  await lab.mutate("POST", `${ZONE}/instances`, {
    ...INSTANCE,
    canIpForward: false,
    metadata: OS_LOGIN("TRUE"),
    networkInterfaces: [NIC],
  });
});

test("every violation is named", async () => {
  await deny("compute.requireOsLogin", "compute.vmCanIpForward");
  const { body } = await lab.call("POST", `${ZONE}/instances`, INSTANCE);
  const { message, errors } = body.error as {
    message: string;
    errors: { message: string; reason: string }[];
  };
  expect(errors.map(({ reason, message: text }) => `${reason}: ${text}`)).toEqual([
    "conditionNotMet: Constraint constraints/compute.requireOsLogin violated for project p1.",
    `conditionNotMet: Constraint constraints/compute.vmCanIpForward violated for projects/p1. Enabling IP forwarding is not allowed for projects/p1/${VM}.`,
  ]);
  expect(message).toBe(errors[0]?.message);
});

test("compute.requireOsLogin refuses to turn it off later as well", async () => {
  await lab.mutate("POST", `${ZONE}/instances`, INSTANCE);
  await deny("compute.requireOsLogin");
  const { fingerprint } = (await lab.get(VM)).metadata as { fingerprint: string };
  const set = (value: string) => lab.call("POST", `${VM}/setMetadata`, { ...OS_LOGIN(value), fingerprint });
  expect(await set("FALSE")).toEqual(violated("compute.requireOsLogin", "project p1."));
  expect((await set("TRUE")).status).toBe(200);
});

test("compute.vmExternalIpAccess refuses an address for a standing instance", async () => {
  await lab.mutate("POST", `${ZONE}/instances`, { ...INSTANCE, networkInterfaces: [NIC] });
  await deny("compute.vmExternalIpAccess");
  expect(
    (await lab.call("POST", `${VM}/addAccessConfig?networkInterface=nic0`, { type: "ONE_TO_ONE_NAT" })).body,
  ).toEqual(
    violated(
      "compute.vmExternalIpAccess",
      `project 424242424242. Add instance projects/p1/${VM} to the constraint to use external IP with it.`,
    ).body,
  );
});

test("compute.vmExternalIpAccess is about instances: addresses are reserved, and existing ones are taken away", async () => {
  await lab.mutate("POST", `${ZONE}/instances`, INSTANCE);
  await deny("compute.vmExternalIpAccess");
  await lab.mutate("POST", `${REGION}/addresses`, { name: "ext-0" });
  await lab.mutate("POST", `${VM}/stop`);
  await lab.mutate("POST", `${VM}/start`);
  await lab.mutate("POST", `${VM}/deleteAccessConfig?networkInterface=nic0&accessConfig=External+NAT`);
  const reserved = await lab.get(`${REGION}/addresses/ext-0`);
  const config = { natIP: reserved.address };
  const { status } = await lab.call("POST", `${VM}/addAccessConfig?networkInterface=nic0`, config);
  expect([status, await lab.get(`${REGION}/addresses/ext-0`)]).toEqual([412, reserved]);
});

test.each([
  ["the subnetworks it lists", LISTED, ["kubernetes"]],
  ["all of its network", ALL, ["kubernetes", "two"]],
])("compute.restrictCloudNATUsage refuses a NAT for %s", async (_, nat, subnets) => {
  await lab.mutate("POST", `${REGION}/subnetworks`, {
    ...SUBNETWORK,
    name: "two",
    ipCidrRange: "10.1.0.0/24",
  });
  await lab.mutate("POST", `${REGION}/routers`, ROUTER);
  await deny("compute.restrictCloudNATUsage");
  const refused = subnets.map(
    (name) =>
      `Constraint constraints/compute.restrictCloudNATUsage violated for projects/p1. projects/p1/${REGION}/subnetworks/${name} is not allowed to use Cloud NAT.`,
  );
  for (const answer of [
    await lab.call("PATCH", `${REGION}/routers/r`, { nats: [nat] }),
    await lab.call("POST", `${REGION}/routers`, { ...ROUTER, name: "s", nats: [nat] }),
  ]) {
    const { errors } = answer.body.error as { errors: { message: string }[] };
    expect([answer.status, errors.map(({ message }) => message)]).toEqual([412, refused]);
  }
  expect(await lab.get(`${REGION}/routers/r`)).not.toHaveProperty("nats");
  // Existing ones are not taken away, and its router can be changed.
  await deny();
  await lab.mutate("PATCH", `${REGION}/routers/r`, { nats: [nat] });
  await deny("compute.restrictCloudNATUsage");
  await lab.mutate("PATCH", `${REGION}/routers/r`, { description: "other" });
  await lab.mutate("PATCH", `${REGION}/routers/r`, { nats: [] });
});

test.each([
  ["compute.trustedImageProjects", "project p1. Use of images from project debian-cloud is prohibited."],
  [
    "gcp.restrictNonCmekServices",
    "project p1 attempting to create a resource not protected by CMEK crypto key.",
  ],
])("%s refuses a disk", async (constraint, words) => {
  await deny(constraint);
  const disk = { ...DISK, name: "data-1", sourceImage: IMAGE };
  expect(await lab.call("POST", `${ZONE}/disks`, disk)).toEqual(violated(constraint, words));
  expect(await lab.call("GET", `${ZONE}/disks/data-1`)).toEqual(notFound(`${ZONE}/disks/data-1`));
});

test("compute.trustedImageProjects has nothing against an empty disk, nor against the project's own images", async () => {
  await lab.mutate("POST", "global/images", {
    name: "golden",
    family: "own",
    sourceDisk: `${ZONE}/disks/data-0`,
  });
  await deny("compute.trustedImageProjects");
  await lab.mutate("POST", `${ZONE}/disks`, { ...DISK, name: "data-1" });
  const images = [
    "projects/p1/global/images/golden",
    "global/images/family/own",
    `${LINK}/global/images/golden`,
  ];
  for (const [index, sourceImage] of images.entries())
    await lab.mutate("POST", `${ZONE}/disks`, { ...DISK, name: `own-${index}`, sourceImage });
});

test("gcp.restrictNonCmekServices takes what a key of Cloud KMS encrypts, disk, instance and image", async () => {
  await deny("gcp.restrictNonCmekServices");
  const words = "project p1 attempting to create a resource not protected by CMEK crypto key.";
  const key = { kmsKeyName: "projects/p1/locations/us-west1/keyRings/ring/cryptoKeys/disks" };
  const image = { name: "golden", sourceDisk: `${ZONE}/disks/data-0` };
  const refused = violated("gcp.restrictNonCmekServices", words);
  expect(await lab.call("POST", "global/images", image)).toEqual(refused);
  const brought = { ...DISK, name: "data-1", diskEncryptionKey: { rawKey: "a2V5" } };
  expect(await lab.call("POST", `${ZONE}/disks`, brought)).toEqual(refused);
  await lab.mutate("POST", "global/images", { ...image, imageEncryptionKey: key });
  await lab.mutate("POST", `${ZONE}/disks`, { ...DISK, name: "data-1", diskEncryptionKey: key });
  const disks = INSTANCE.disks.map((disk) => (disk.boot ? { ...disk, diskEncryptionKey: key } : disk));
  await lab.mutate("POST", `${ZONE}/instances`, { ...INSTANCE, disks });
});

test("iam.disableServiceAccountCreation refuses a service account as IAM does", async () => {
  await deny("iam.disableServiceAccountCreation");
  const url = "/iam/v1/projects/p1/serviceAccounts";
  const { status, body } = await lab.call("POST", url, { accountId: "etcd-controller" });
  const message = "Service account creation is not allowed on this project.";
  expect([status, body]).toEqual([
    400,
    {
      error: expect.objectContaining({
        code: 400,
        message,
        status: "FAILED_PRECONDITION",
        details: [
          {
            "@type": "type.googleapis.com/google.rpc.PreconditionFailure",
            violations: [
              {
                type: "constraints/iam.disableServiceAccountCreation",
                subject: "projects/p1/serviceAccounts/?configvalue=",
                description: message,
              },
            ],
          },
        ],
      }),
    },
  ]);
  await deny();
  expect((await lab.call("POST", url, { accountId: "etcd-controller" })).status).toBe(200);
});
