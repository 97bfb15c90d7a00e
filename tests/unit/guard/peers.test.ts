import { judgePreview } from "../../../guard";
import type { PreviewStep } from "../../../guard/preview";
import { preview, stack, step, wholeMember } from "./steps";

type Inputs = Record<string, unknown>;
const PEERS: Inputs = {
  direction: "INGRESS",
  allows: [{ protocol: "tcp", ports: ["2379", "2380"] }],
  sourceTags: ["controller"],
  targetTags: ["controller"],
};
const CLIENTS: Inputs = {
  direction: "INGRESS",
  allows: [{ protocol: "tcp", ports: ["2379"] }],
  sourceRanges: ["10.0.0.0/24"],
  targetTags: ["controller"],
};
const DENY: Inputs = { direction: "INGRESS", denies: [{ protocol: "all" }], sourceRanges: ["0.0.0.0/0"] };
const VM: Inputs = {
  tags: ["kubernetes-the-hard-way", "controller"],
  networkInterfaces: [{ networkIp: "10.240.0.11" }],
};
const all = [0, 1, 2];

const rule = (op: string, old?: Inputs, now?: Inputs, name = "etcd-network-etcd") =>
  step(op, "firewall", name, { ...(old ? { old } : {}), ...(now ? { new: now } : {}) });
const denies = (now: Inputs, old?: Inputs) =>
  rule(old ? "update" : "create", old, { ...DENY, ...now }, "deny");
const vm = (now: Inputs, op = "update", index = 1) =>
  step(op, "vm", `controller-${index}`, { old: VM, new: { ...VM, ...now } });
const judge = (...steps: PreviewStep[]) => judgePreview(preview([stack(3), ...steps]));
const cutOffBy = (...steps: PreviewStep[]) =>
  judge(...steps).refused.flatMap(({ rule: name, subject }) =>
    name === "peers-cut-off" ? [subject.replace(/@[0-9a-f]{8}$/, "")] : [],
  );

test.each<[string, Inputs]>([
  ["loses 2380", { allows: [{ protocol: "tcp", ports: ["2379"] }] }],
  ["loses 2379", { allows: [{ protocol: "tcp", ports: ["2380"] }] }],
  ["allows nothing", { allows: [] }],
  ["is for UDP", { allows: [{ protocol: "udp" }] }],
  ["is disabled", { disabled: true }],
  ["is for others' traffic", { sourceTags: ["worker"] }],
  ["is for ranges", { sourceTags: undefined, sourceRanges: ["10.0.0.0/24"] }],
  ["is for other VMs", { targetTags: ["worker"] }],
  ["is for what goes out", { direction: "EGRESS" }],
  ["comes after others", { priority: 2000 }],
  ["hides its tags", { sourceTags: "[secret]" }],
])("the peers' rule %s", (_, now) => {
  expect(cutOffBy(rule("update", PEERS, { ...PEERS, ...now }))).toEqual(["etcd-network-etcd"]);
});

test("it is deleted or replaced; not where the network goes with it", () => {
  for (const op of ["delete", "replace"]) {
    expect(cutOffBy(rule(op, PEERS, op === "delete" ? undefined : PEERS))).toEqual(["etcd-network-etcd"]);
    expect(cutOffBy(rule(op, PEERS), step("replace", "vpc", "etcd-network"))).toEqual([]);
  }
  expect(judge(rule("delete", PEERS))).toMatchObject({ verdict: "unsafe", exitCode: 1 });
});

test.each<[string, PreviewStep[]]>([
  ["more ports", [rule("update", PEERS, { ...PEERS, allows: [{ protocol: "tcp" }] })]],
  ["more sources", [rule("update", PEERS, { ...PEERS, sourceTags: ["controller", "x"] })]],
  ["all VMs", [rule("update", PEERS, { ...PEERS, targetTags: undefined })]],
  ["another description", [rule("update", PEERS, { ...PEERS, description: "x" })]],
  [
    "another name, made before the old one goes",
    [rule("delete", PEERS), rule("create", undefined, PEERS, "x")],
  ],
  ["the API servers' rule goes", [rule("delete", CLIENTS, undefined, "etcd-network-etcd-clients")]],
  ["what was disabled goes", [rule("delete", { ...PEERS, disabled: true })]],
  [
    "a first cluster",
    [rule("create", undefined, PEERS), ...all.map((i) => step("create", "vm", `controller-${i}`))],
  ],
  ["a denial of another port", [denies({ denies: [{ protocol: "tcp", ports: ["22"] }] })]],
  ["a denial that does nothing yet", [denies({ disabled: true })]],
  ["a denial's description", [denies({ description: "x" }, DENY)]],
  ["a denial goes", [rule("delete", DENY, undefined, "deny")]],
  ["a tag more", [vm({ tags: ["kubernetes-the-hard-way", "controller", "x"] })]],
  ["another tag goes", [vm({ tags: ["controller"] })]],
  [
    "a VM in a network that only `up` knows",
    [vm({ networkInterfaces: [{ networkIp: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" }] }, "replace")],
  ],
  ["a member that leaves", wholeMember("delete", 2)],
])("not by %s", (_, steps) => {
  expect(cutOffBy(...steps)).toEqual([]);
});

test.each<[string, PreviewStep]>([
  ["everything", denies({})],
  ["2380", denies({ denies: [{ protocol: "tcp", ports: ["2300-2400"] }] })],
  [
    "what goes out",
    denies({ direction: "EGRESS", sourceRanges: undefined, destinationRanges: ["0.0.0.0/0"] }),
  ],
  ["what it does not show", denies({ denies: "[secret]" })],
  ["and is enabled", denies({}, { ...DENY, disabled: true })],
  ["2380 as well", denies({}, { ...DENY, denies: [{ protocol: "tcp", ports: ["22"] }] })],
  ["more sources", denies({}, { ...DENY, sourceRanges: ["192.0.2.0/24"] })],
  ["earlier than it did", denies({ priority: 1 }, { ...DENY, priority: 2000 })],
])("a rule that denies %s", (_, change) => {
  expect(cutOffBy(change)).toEqual(["deny"]);
});

test.each<[string, Inputs]>([
  ["the controllers' tag", { tags: ["kubernetes-the-hard-way"] }],
  ["its tags", { tags: undefined }],
  ["its address", { networkInterfaces: [{ networkIp: "10.240.0.99" }] }],
  ["its fixed address", { networkInterfaces: [{}] }],
])("a VM that loses %s", (_, now) => {
  for (const op of ["update", "replace"]) expect(cutOffBy(vm(now, op))).toEqual(["controller-1"]);
  expect(cutOffBy(...all.map((index) => vm(now, "update", index)))).toEqual(
    all.map((i) => `controller-${i}`),
  );
});

test("an override is for this change and no other", () => {
  const subject = judge(denies({ priority: 1 })).refused[0]?.subject ?? "";
  expect(subject).toMatch(/^deny@[0-9a-f]{8}$/);
  const allowed = (change: PreviewStep) =>
    judgePreview(preview([stack(3), change]), [], [`dev peers-cut-off:${subject}`]).verdict;
  expect(allowed(denies({ priority: 1 }))).toBe("safe");
  expect(allowed(denies({ priority: 2 }))).toBe("unsafe");
});
