import { vmFingerprint } from "../../../components/controllerVm";
import { declareControllers } from "../../../core/etcd/topology";
import { MEMBER_PHASES, PHASES } from "../../../core/node/phases";
import { parseSettings } from "../../../core/settings";
import { comparePlaces, placeOf } from "../../../guard/order";
import { roleOf } from "../../../guard/role";
import { build } from "../components/build";
import type { Graph } from "../components/mocks";
import { read } from "../repository";

/** What a resource waits for, and what that waits for. */
function allBefore(graph: Graph, name: string): Set<string> {
  const found = new Set<string>();
  const look = (one: string) => {
    for (const next of graph.options.get(one)?.dependencies ?? []) {
      if (found.has(next)) continue;
      found.add(next);
      look(next);
    }
  };
  look(name);
  return found;
}

function marks(): Record<string, string> {
  const { settings } = parseSettings({});
  const controllers = declareControllers(settings.controllerCount, settings.zones);
  return Object.fromEntries(controllers.map((c) => [c.name, vmFingerprint(settings, c)]));
}

const all = [0, 1, 2];

describe.each([
  ["no VM changes", false, {}],
  ["the VMs change", true, { machineType: "e2-standard-4" }],
])("the guard's steps are the program's order: %s", (_what, isVmChain, settings) => {
  let graph: Graph;
  beforeAll(async () => {
    graph = await build(settings, marks());
  });
  const place = (name: string) =>
    placeOf({ role: roleOf(graph.one(name).type, name), op: "update" }, { isVmChain });
  const isBefore = (a: string, b: string) => comparePlaces(place(a), place(b)) < 0;

  test("nothing comes before what it waits for", () => {
    const names = new Set(
      graph.resources.filter((r) => !r.type.startsWith("etcd-on-gce:")).map((r) => r.name),
    );
    const wrong = [...names].flatMap((name) =>
      [...allBefore(graph, name)]
        .filter((before) => names.has(before) && isBefore(name, before))
        .map((before) => `${name} is said to come before ${before}`),
    );
    expect(wrong).toEqual([]);
  });

  test("what goes one after the other has a step for each", () => {
    for (const [before, after] of [
      [0, 1],
      [1, 2],
    ] as const) {
      expect(allBefore(graph, `member-${after}-converge`)).toContain(`member-${before}-converge`);
      expect(isBefore(`member-${before}-converge`, `member-${after}-converge`)).toBe(true);
      expect(allBefore(graph, `controller-${after}`).has(`member-${before}-converge`)).toBe(isVmChain);
      expect(isBefore(`member-${before}-converge`, `controller-${after}`)).toBe(isVmChain);
    }
    for (const i of all) expect(isBefore(`member-${i}-converge`, "etcd-membership")).toBe(true);
  });

  test("what goes together has one step", () => {
    for (const what of ["install", "bootstrap"])
      expect(comparePlaces(place(`member-0-${what}`), place(`member-1-${what}`)) === 0).toBe(!isVmChain);
  });
});

test("the README says when each phase runs", () => {
  const said = {
    together: "all members at once",
    "in turn": "one member after the other",
    last: "last, on `controller-0`",
  };
  for (const phase of [...MEMBER_PHASES, "membership"] as const)
    expect(read("README.md")).toContain(`| \`${phase}\` | ${said[PHASES[phase].turn]} |`);
});
