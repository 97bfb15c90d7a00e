import type { Resource } from "../../../api/store";
import { failure, INSTANCE, LabApi, LINK, prepare, REGION, ZONE } from "./labApi";

// External addresses of instances: from the pool while they run, or reserved.

let lab: LabApi;
beforeEach(async () => {
  lab = new LabApi();
  await prepare(lab, "subnetwork", "address", "disk");
});
afterEach(() => lab.close());

const COLLECTION = `${ZONE}/instances`;
const PATH = `${COLLECTION}/controller-0`;
const [NIC] = INSTANCE.networkInterfaces;
const CONFIG = {
  kind: "compute#accessConfig",
  type: "ONE_TO_ONE_NAT",
  name: "External NAT",
  networkTier: "PREMIUM",
};
const act = (action: string, body?: Resource) => lab.mutate("POST", `${PATH}/${action}`, body);
const configs = async (path = PATH) =>
  ((await lab.get(path)).networkInterfaces as Resource[])[0]?.accessConfigs as Resource[] | undefined;
/** The external address of each host that the network translates for. */
const translated = () =>
  (lab.firewall as [unknown, { externalIp?: string }[]])[1].map((host) => host.externalIp);
const insert = (accessConfigs: Resource[], name = "controller-0") =>
  lab.call("POST", COLLECTION, {
    ...INSTANCE,
    name,
    disks: INSTANCE.disks.slice(0, 1),
    networkInterfaces: [{ subnetwork: NIC?.subnetwork, accessConfigs }],
  });
const reserve = async (name: string, more: Resource = {}) => {
  await lab.mutate("POST", `${REGION}/addresses`, { name, addressType: "EXTERNAL", ...more });
  return lab.get(`${REGION}/addresses/${name}`);
};

test("an address of the pool is gone while the VM is off, and another one afterwards", async () => {
  await insert([{}]);
  const first = (await configs())?.[0]?.natIP;
  expect(translated()).toEqual([first]);
  await act("stop");
  expect(await configs()).toEqual([CONFIG]);
  expect(translated()).toEqual([]);
  await act("start");
  const second = (await configs())?.[0]?.natIP;
  expect(second).toMatch(/^198\.51\.100\.\d+$/);
  expect(second).not.toBe(first);
  expect(translated()).toEqual([second]);
  await act("reset");
  expect((await configs())?.[0]?.natIP).toBe(second);
});

test.each(["address", "selfLink"])("a reserved address named by its %s stays, and is in use", async (by) => {
  const reserved = await reserve("ext-0", { labels: { env: "lab" } });
  expect((await insert([{ natIP: reserved[by] }])).status).toBe(200);
  const config = { ...CONFIG, natIP: reserved.address };
  const used = { ...reserved, status: "IN_USE", users: [`${LINK}/${PATH}`] };
  expect(await configs()).toEqual([config]);
  expect(await lab.get(`${REGION}/addresses/ext-0`)).toEqual(used);
  await act("stop");
  expect(await configs()).toEqual([config]);
  expect(await lab.get(`${REGION}/addresses/ext-0`)).toEqual(used);
  expect((await lab.call("DELETE", `${REGION}/addresses/ext-0`)).body).toMatchObject({
    error: { errors: [{ reason: "resourceInUseByAnotherResource" }] },
  });
  await act("start");
  expect(await configs()).toEqual([config]);
  await lab.mutate("DELETE", PATH);
  expect(await lab.get(`${REGION}/addresses/ext-0`)).toEqual(reserved);
});

test("an address that another VM uses is refused, and nothing is left", async () => {
  const { address } = await reserve("ext-0");
  await insert([{ natIP: address }]);
  expect(await insert([{ natIP: address }], "second")).toEqual(
    failure(
      400,
      "invalidResourceUsage",
      `Invalid resource usage: 'External IP address: ${address} is already in-use.'.`,
    ),
  );
  expect((await lab.call("GET", `${ZONE}/disks/second`)).status).toBe(404);
});

test("an address that is not reserved in the region is refused", async () => {
  await lab.mutate("POST", "regions/us-central1/addresses", { name: "far" });
  for (const natIP of ["203.0.113.10", "198.51.100.10", "10.240.0.10"]) {
    expect(await insert([{ natIP }])).toEqual(
      failure(
        400,
        "invalid",
        `Invalid value for field 'resource.networkInterfaces[0].accessConfigs[0].natIP': '${natIP}'. The specified external IP address '${natIP}' was not found in region 'us-west1'.`,
      ),
    );
  }
});

test("an external address is given to an existing VM, and taken away", async () => {
  await insert([]);
  const { fingerprint } = ((await lab.get(PATH)).networkInterfaces as Resource[])[0] ?? {};
  await act("addAccessConfig?networkInterface=nic0", { type: "ONE_TO_ONE_NAT", name: "out" });
  const natIP = expect.stringMatching(/^198\.51\.100\.\d+$/);
  expect(await configs()).toEqual([{ ...CONFIG, name: "out", natIP }]);
  expect(translated()).toEqual([natIP]);
  expect(((await lab.get(PATH)).networkInterfaces as Resource[])[0]?.fingerprint).not.toBe(fingerprint);
  expect(await lab.call("POST", `${PATH}/addAccessConfig?networkInterface=nic0`, {})).toEqual(
    failure(400, "badRequest", "At most one access config currently supported."),
  );
  await act("deleteAccessConfig?networkInterface=nic0&accessConfig=out");
  expect(await configs()).toBeUndefined();
  expect(translated()).toEqual([undefined]);
});

test("a reserved address is given to an existing VM, and is free again afterwards", async () => {
  await insert([]);
  const reserved = await reserve("ext-0");
  await act("addAccessConfig?networkInterface=nic0", { natIP: reserved.address });
  expect(await lab.get(`${REGION}/addresses/ext-0`)).toMatchObject({ users: [`${LINK}/${PATH}`] });
  await act("deleteAccessConfig?networkInterface=nic0&accessConfig=External+NAT");
  expect(await lab.get(`${REGION}/addresses/ext-0`)).toEqual(reserved);
});

test("an access config for a VM that is off gets its address at the start", async () => {
  await insert([]);
  await act("stop");
  await act("addAccessConfig?networkInterface=nic0", {});
  expect(await configs()).toEqual([CONFIG]);
  await act("start");
  expect(translated()).toEqual([expect.stringMatching(/^198/)]);
});

test.each([
  [
    "addAccessConfig?networkInterface=nic1",
    "networkInterface",
    "nic1",
    "The network interface does not exist on the instance.",
  ],
  [
    "deleteAccessConfig?networkInterface=nic0&accessConfig=out",
    "accessConfig",
    "out",
    "The access config does not exist on the network interface.",
  ],
])("%s is refused", async (call, field, value, why) => {
  await insert([]);
  expect(await lab.call("POST", `${PATH}/${call}`, {})).toEqual(
    failure(400, "invalid", `Invalid value for field '${field}': '${value}'. ${why}`),
  );
});

test("an instance keeps the address of the pool that it asks to reserve", async () => {
  await insert([{}]);
  const natIP = (await configs())?.[0]?.natIP;
  expect(await reserve("kept", { address: natIP })).toMatchObject({
    address: natIP,
    status: "IN_USE",
    users: [`${LINK}/${PATH}`],
  });
  await act("stop");
  expect(await configs()).toEqual([{ ...CONFIG, natIP }]);
  expect((await lab.call("POST", `${REGION}/addresses`, { name: "other", address: "8.8.8.8" })).status).toBe(
    400,
  );
});

test("an address and an instance without a subnetwork are of the network default", async () => {
  await lab.mutate("POST", `${REGION}/addresses`, { name: "in", addressType: "INTERNAL" });
  const { address, subnetwork } = await lab.get(`${REGION}/addresses/in`);
  expect([address, subnetwork]).toEqual(["10.138.0.2", `${LINK}/${REGION}/subnetworks/default`]);
  const body = { ...INSTANCE, networkInterfaces: [{ networkIP: `${REGION}/addresses/in` }] };
  await lab.mutate("POST", COLLECTION, body);
  expect((await lab.get(PATH)).networkInterfaces).toMatchObject([
    { network: `${LINK}/global/networks/default`, subnetwork, networkIP: address },
  ]);
  expect(await lab.get(`${REGION}/addresses/in`)).toMatchObject({ status: "IN_USE" });
});

test("in a custom mode network, the subnetwork is named", async () => {
  const body = { ...INSTANCE, networkInterfaces: [{ network: "global/networks/kthw" }] };
  expect(await lab.call("POST", COLLECTION, body)).toEqual(
    failure(
      400,
      "invalid",
      "Invalid value for field 'resource.networkInterfaces[0]': ''. Subnetwork should be specified for custom subnetmode network",
    ),
  );
});

test("an internal address that an instance has is in use from the start", async () => {
  await insert([]);
  const [{ networkIP = "", subnetwork = "" } = {}] = (await lab.get(PATH)).networkInterfaces as Record<
    string,
    string
  >[];
  const body = { name: "kept", addressType: "INTERNAL", address: networkIP, subnetwork };
  await lab.mutate("POST", `${REGION}/addresses`, body);
  expect(await lab.get(`${REGION}/addresses/kept`)).toMatchObject({ users: [`${LINK}/${PATH}`] });
});
