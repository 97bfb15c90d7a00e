import { MetadataLab } from "./guest";

let lab: MetadataLab;
beforeEach(async () => {
  lab = new MetadataLab();
  await lab.start();
});
afterEach(() => lab.close());

const ACCOUNT = {
  aliases: ["default"],
  email: "a@p1.iam.gserviceaccount.com",
  scopes: ["scope-one", "scope-two"],
};
const NIC = {
  accessConfigs: [{ externalIp: "198.51.100.10", type: "ONE_TO_ONE_NAT" }],
  dnsServers: ["169.254.169.254"],
  forwardedIps: [],
  gateway: "10.240.0.1",
  ip: "127.0.0.10",
  ipAliases: [],
  mac: "42:01:7f:00:00:0a",
  mtu: 1460,
  network: "projects/424242424242/networks/kthw",
  subnetmask: "255.255.255.0",
  targetInstanceIps: [],
};

test("the whole tree as the guest agent asks for it", async () => {
  // The agent's own spelling, two slashes included.
  const reply = await lab.ask("/computeMetadata/v1//?recursive=true&alt=json");
  expect(reply).toMatchObject({
    status: 200,
    headers: { "content-type": expect.stringMatching(/^application\/json/) },
  });
  expect(JSON.parse(reply.text)).toEqual({
    instance: {
      attributes: {
        "ssh-keys": "admin:ssh-ed25519 AAAA admin",
        "startup-script": "#!/bin/sh\ntrue\n",
        id: "007",
        "enable-guest-attributes": "TRUE",
      },
      cpuPlatform: "Intel Broadwell",
      description: "",
      guestAttributes: {},
      hostname: "controller-0.us-west1-c.c.p1.internal",
      id: Number("1234567890123456789"),
      image: "",
      machineType: "projects/424242424242/machineTypes/e2-standard-2",
      maintenanceEvent: "NONE",
      name: "controller-0",
      networkInterfaces: [NIC],
      preempted: "FALSE",
      scheduling: { automaticRestart: "TRUE", onHostMaintenance: "MIGRATE", preemptible: "FALSE" },
      serviceAccounts: { default: ACCOUNT, "a@p1.iam.gserviceaccount.com": ACCOUNT },
      tags: ["controller", "kubernetes"],
      zone: "projects/424242424242/zones/us-west1-c",
    },
    oslogin: {},
    project: { attributes: {}, numericProjectId: 424242424242, projectId: "p1" },
  });
});

test("the id is a number with all its digits", async () => {
  const { text } = await lab.ask("/computeMetadata/v1/instance/?recursive=true");
  expect(text).toContain('"id":1234567890123456789,');
});

test.each([
  ["instance/network-interfaces/?recursive=true", [NIC]],
  ["instance/network-interfaces/0/?recursive=true", NIC],
  ["instance/service-accounts/default/?recursive=true", ACCOUNT],
  ["instance/tags?alt=json", ["controller", "kubernetes"]],
  ["instance/attributes/id?alt=json", "007"],
  ["project/numeric-project-id?alt=json", 424242424242],
])("a part of it: %s", async (path, value) => {
  expect(JSON.parse((await lab.ask(`/computeMetadata/v1/${path}`)).text)).toEqual(value);
});

test("recursive=true is JSON unless text is asked for, alt=json needs no recursion", async () => {
  const type = async (query: string) =>
    (await lab.ask(`/computeMetadata/v1/instance/name?${query}`)).headers["content-type"];
  expect(await type("recursive=true")).toMatch(/^application\/json/);
  expect(await type("alt=json")).toMatch(/^application\/json/);
  expect(await type("recursive=true&alt=text")).toBe("application/text");
  expect(await type("")).toBe("application/text");
});
