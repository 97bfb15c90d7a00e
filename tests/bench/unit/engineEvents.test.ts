import { EngineEvents } from "../engineEvents";

const urnOf = (type: string, name: string) => `urn:pulumi:lab::etcd-on-gce::${type}::${name}`;
const step = (event: "resourcePreEvent" | "resOutputsEvent", type: string, name: string) =>
  JSON.stringify({
    sequence: 1,
    timestamp: 1,
    [event]: { metadata: { op: "create", urn: urnOf(type, name), type } },
  });
const said = (urn: string | undefined, message: string, severity: string) =>
  JSON.stringify({ sequence: 1, timestamp: 1, diagnosticEvent: { urn, message, severity, color: "never" } });

const INSTANCE = "gcp:compute/instance:Instance";
const COMMAND = "command:remote:Command";

function eventsOf(...lines: readonly string[]): EngineEvents {
  const events = new EngineEvents();
  for (const [index, line] of lines.entries()) events.take(line, index);
  return events;
}

test("instances and Commands make marks, at the time at which the line came", () => {
  const { marks } = eventsOf(
    step("resourcePreEvent", INSTANCE, "controller-0"),
    step("resOutputsEvent", INSTANCE, "controller-0"),
    step("resourcePreEvent", COMMAND, "member-0-converge"),
    step("resOutputsEvent", COMMAND, "member-0-converge"),
    step("resourcePreEvent", COMMAND, "etcd-membership"),
    step("resOutputsEvent", COMMAND, "etcd-membership"),
  );
  expect(marks).toEqual([
    { phase: "VMs", edge: "begin", atMs: 0 },
    { phase: "VMs", edge: "end", atMs: 1 },
    { phase: "converge", edge: "begin", atMs: 2 },
    { phase: "converge", edge: "end", atMs: 3 },
    { phase: "membership", edge: "begin", atMs: 4 },
    { phase: "membership", edge: "end", atMs: 5 },
  ]);
});

describe("a node is reached", () => {
  const urn = urnOf(COMMAND, "member-0-install");
  const begin = step("resourcePreEvent", COMMAND, "member-0-install");
  const end = step("resOutputsEvent", COMMAND, "member-0-install");
  const reachOf = (...lines: string[]) =>
    eventsOf(...lines)
      .marks.filter(({ phase }) => phase === "reach")
      .map(({ edge, atMs }) => [edge, atMs]);

  test("when its script logs its first line", () => {
    const word = said(urn, "etcd-node: controller-0: install: formatting the empty data disk\n", "info");
    expect(reachOf(begin, said(urn, "Dial 1/60 failed: retrying", "info"), word, word, end)).toEqual([
      ["begin", 0],
      ["end", 2],
    ]);
  });

  test("when its script has ended, if it logs nothing", () => {
    expect(reachOf(begin, end)).toEqual([
      ["begin", 0],
      ["end", 1],
    ]);
  });

  test("not by another node's words", () => {
    const other = said(urnOf(COMMAND, "member-1-install"), "etcd-node: controller-1: install: hello", "info");
    expect(reachOf(begin, other)).toEqual([["begin", 0]]);
  });
});

test("errors are kept, and nothing else that is said", () => {
  const { errors } = eventsOf(
    said(undefined, "debug words", "debug"),
    said(urnOf(COMMAND, "member-0-install"), "it went wrong\n", "error"),
  );
  expect(errors).toEqual(["it went wrong"]);
});

test("other resources, other events and lines that are no events leave no mark", () => {
  const { marks, errors } = eventsOf(
    step("resourcePreEvent", "gcp:compute/disk:Disk", "controller-0-data"),
    JSON.stringify({ sequence: 0, timestamp: 1, preludeEvent: { config: {} } }),
    "lab: unlocking stack lab",
    "{ cut off",
    "",
  );
  expect([marks, errors]).toEqual([[], []]);
});
