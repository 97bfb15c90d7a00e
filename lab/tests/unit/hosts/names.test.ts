import { machineName, vethName } from "../../../hosts/names";

test("what a host makes on the machine has the lab's prefix", () => {
  expect(machineName("controller-0")).toBe("etcdlab-controller-0");
});

test.each([
  ["10.240.0.10", "vl-240-0-10"],
  ["10.138.0.10", "vl-138-0-10"],
  ["10.240.255.254", "vl-240-255-254"],
])("the interface of %s is %s, which Linux's 15 characters hold", (ip, name) => {
  expect(vethName(ip)).toBe(name);
  expect(name.length).toBeLessThanOrEqual(15);
});
