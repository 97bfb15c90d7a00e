import { declareControllers, initialCluster, SUBNET_CIDR } from "../../../../core/etcd/topology";

const ZONES = ["us-west1-a", "us-west1-b", "us-west1-c"];

test("the subnet is the seed's", () => {
  expect(SUBNET_CIDR).toBe("10.240.0.0/24");
});

test("one controller, in full", () => {
  expect(declareControllers(1, ZONES)).toEqual([
    {
      index: 0,
      name: "controller-0",
      ip: "10.240.0.10",
      zone: "us-west1-a",
      peerUrl: "https://10.240.0.10:2380",
      clientUrl: "https://10.240.0.10:2379",
    },
  ]);
});

test.each([
  [3, ["0 10.240.0.10 a", "1 10.240.0.11 b", "2 10.240.0.12 c"]],
  [5, ["0 10.240.0.10 a", "1 10.240.0.11 b", "2 10.240.0.12 c", "3 10.240.0.13 a", "4 10.240.0.14 b"]],
  [
    7,
    [
      "0 10.240.0.10 a",
      "1 10.240.0.11 b",
      "2 10.240.0.12 c",
      "3 10.240.0.13 a",
      "4 10.240.0.14 b",
      "5 10.240.0.15 c",
      "6 10.240.0.16 a",
    ],
  ],
])("%i controllers go round the zones", (count, expected) => {
  const controllers = declareControllers(count, ZONES);
  expect(controllers.map((c) => `${c.index} ${c.ip} ${c.zone.slice(-1)}`)).toEqual(expected);
  expect(controllers.map((c) => c.name)).toEqual(expected.map((line) => `controller-${line[0]}`));
});

test("every controller has its own URLs", () => {
  expect(declareControllers(7, ["z"]).map((c) => [c.peerUrl, c.clientUrl])[6]).toEqual([
    "https://10.240.0.16:2380",
    "https://10.240.0.16:2379",
  ]);
});

test("one zone takes them all", () => {
  expect(declareControllers(3, ["us-west1-c"]).map((c) => c.zone)).toEqual([
    "us-west1-c",
    "us-west1-c",
    "us-west1-c",
  ]);
});

test("another subnet keeps the places in it", () => {
  expect(declareControllers(3, ZONES, "172.16.4.32/27").map((c) => c.ip)).toEqual([
    "172.16.4.42",
    "172.16.4.43",
    "172.16.4.44",
  ]);
});

test("no range is an error", () => {
  expect(() => declareControllers(3, ZONES, "10.240.0.0")).toThrow(
    new Error('subnetCidr: got "10.240.0.0"; write an IPv4 range'),
  );
});

test("no zone is an error", () => {
  expect(() => declareControllers(3, [])).toThrow(new Error("declareControllers: zones is empty"));
});

test("the initial cluster is the seed's", () => {
  expect(initialCluster(declareControllers(3, ZONES))).toBe(
    "controller-0=https://10.240.0.10:2380,controller-1=https://10.240.0.11:2380,controller-2=https://10.240.0.12:2380",
  );
});
