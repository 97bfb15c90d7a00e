import { criticalPath, type Step } from "../path";

const step = (name: string, durationMs: number, ...after: string[]): Step => ({ name, durationMs, after });

const UP = [
  step("network", 12),
  step("subnet", 12, "network"),
  step("router", 4, "network"),
  step("nat", 12, "router"),
  step("vm", 30, "subnet"),
  step("install", 5, "vm", "nat"),
];

test("the longest chain, in its order, and its time", () => {
  const { chain, totalMs } = criticalPath(UP);
  expect(chain.map(({ name }) => name)).toEqual(["network", "subnet", "vm", "install"]);
  expect(totalMs).toBe(59);
});

test("the slack of each step: none on the chain", () => {
  expect(Object.fromEntries(criticalPath(UP).slackMs)).toEqual({
    network: 0,
    subnet: 0,
    router: 26,
    nat: 26,
    vm: 0,
    install: 0,
  });
});

test("what is no step is passed over, and nothing takes no time", () => {
  expect(criticalPath([step("a", 1, "provider")])).toMatchObject({ totalMs: 1, chain: [{ name: "a" }] });
  expect(criticalPath([])).toEqual({ totalMs: 0, chain: [], slackMs: new Map() });
});

test("steps that wait for each other are named", () => {
  expect(() => criticalPath([step("a", 1, "b"), step("b", 1, "a")])).toThrow("a waits for b waits for a");
});
