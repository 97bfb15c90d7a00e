import { judgePreview } from "../../../guard";
import type { PreviewStep } from "../../../guard/preview";
import { converge, converges, convergesUnknown, preview, stack, step, wholeMember } from "./steps";

const all = [0, 1, 2];

/** Step, member, class and what, of each row in order. */
function rowsOf(steps: PreviewStep[], config?: Record<string, string>) {
  return judgePreview(preview(steps, config)).rows.map((r) => [r.step, r.member, r.class, r.what]);
}

test("nothing changes: no row, safe", () => {
  expect(judgePreview(preview([stack(3)]))).toMatchObject({
    rows: [],
    verdict: "safe",
    exitCode: 0,
    class: "none",
  });
});

test("a summary without steps is an empty preview", () => {
  expect(judgePreview({ changeSummary: { same: 59 }, duration: 1 })).toMatchObject({ rows: [], exitCode: 0 });
});

test("the whole stack created: one row", () => {
  const steps = [
    step("create", "ca", "etcd-pki-ca-1"),
    step("create", "vpc", "etcd-network"),
    step("create", "stash", "etcd-founders"),
  ];
  expect(rowsOf([...steps, ...all.flatMap((i) => wholeMember("create", i))])).toEqual([
    [1, "cluster", "create", "new cluster of 3 members, etcd 3.4.27"],
  ]);
});

test("an upgrade rolls over the members in turn, whatever order the preview has", () => {
  const steps = [2, 0, 1].map((i) => converges(i, { version: "3.4.27" }, { version: "3.5.33" }));
  expect(rowsOf([stack(3), ...steps])).toEqual([
    [1, "controller-0", "rolling", "etcd 3.4.27 → 3.5.33"],
    [2, "controller-1", "rolling", "etcd 3.4.27 → 3.5.33"],
    [3, "controller-2", "rolling", "etcd 3.4.27 → 3.5.33"],
  ]);
});

/** What one changed option of converge comes to. */
test.each([
  [{ config: "9" }, "rolling", "etcd configuration"],
  [{ pki: "9" }, "hot", "certificate renewed"],
  [{ members: "controller-0=https://10.240.0.10:2380" }, "hot", "member list in its configuration"],
  [{}, "none", "converge phase updated"],
] as const)("option %j", (options, kind, what) => {
  expect(rowsOf([stack(3), converges(1, {}, options)])).toEqual([[1, "controller-1", kind, what]]);
});

test("a renewed certificate is hot although it hides the command", () => {
  const steps = [step("replace", "leaf", "etcd-pki-controller-1", { signer: [1, 1] }), convergesUnknown(1)];
  expect(rowsOf([stack(3), ...steps])).toEqual([[1, "controller-1", "hot", "certificate renewed"]]);
});

test("a renewed certificate with changed scripts may restart", () => {
  const steps = [
    step("update", "command", "member-1-install", { diff: { stdin: "update" } }),
    convergesUnknown(1),
  ];
  expect(rowsOf([stack(3), ...steps])).toEqual([
    [1, "controller-1", "rolling", "scripts or etcd configuration"],
  ]);
});

test("a new CA generation restarts every member in turn", () => {
  const steps = [step("create", "ca", "etcd-pki-ca-2"), ...all.map((i) => convergesUnknown(i))];
  expect(rowsOf([stack(3), ...steps])).toEqual([
    [1, "cluster", "rolling", "CA generation 2 trusted"],
    [2, "controller-0", "rolling", "restart for the CA bundle"],
    [3, "controller-1", "rolling", "restart for the CA bundle"],
    [4, "controller-2", "rolling", "restart for the CA bundle"],
  ]);
});

test("a replaced VM says what it is replaced for", () => {
  const image = (family: string) => ({
    bootDisk: { initializeParams: { image: `projects/debian-cloud/global/images/family/${family}` } },
  });
  const vm = step("replace", "vm", "controller-1", {
    old: image("debian-12"),
    new: image("debian-13"),
    reasons: ["bootDisk"],
  });
  expect(rowsOf([stack(3), vm, convergesUnknown(1)])).toEqual([
    [
      1,
      "controller-1",
      "vm-down",
      "VM replaced: image projects/debian-cloud/global/images/family/debian-12 → projects/debian-cloud/global/images/family/debian-13",
    ],
    [2, "controller-1", "none", "phases run on the new VM"],
  ]);
});

test("a stopped VM says that `up` will refuse it", () => {
  const vm = step("update", "vm", "controller-1", {
    old: { machineType: "e2-standard-2" },
    new: { machineType: "e2-standard-4" },
    diff: { machineType: "update" },
  });
  const [row] = judgePreview(preview([stack(1), vm])).rows;
  expect(row).toMatchObject({
    class: "vm-down",
    what: "VM stopped: machineType e2-standard-2 → e2-standard-4",
  });
  expect(row?.why).toMatch(/without allowStoppingForUpdate/);
});

test("a VM that is started is not one that is stopped", () => {
  const start = step("update", "vm", "controller-0", {
    old: {},
    new: { desiredStatus: "RUNNING" },
    diff: { desiredStatus: "add" },
  });
  const stop = { ...start, newState: { ...start.newState, inputs: { desiredStatus: "TERMINATED" } } };
  const classOf = (change: PreviewStep) => judgePreview(preview([stack(3), change])).rows[0]?.class;
  expect([classOf(start), classOf(stop as PreviewStep)]).toEqual(["none", "vm-down"]);
});

test("public addresses that come and go are not foundations", () => {
  for (const op of ["create", "delete", "replace"]) {
    const change = step(op, "address", "controller-0-external-address", { old: {}, new: {} });
    const { rows, exitCode } = judgePreview(preview([stack(3), change]));
    expect([rows[0]?.class, exitCode]).toEqual([op === "create" ? "create" : "none", 0]);
  }
});

test("members that join and leave", () => {
  expect(rowsOf([stack(3), ...[3, 4].flatMap((i) => wholeMember("create", i))])).toEqual([
    [1, "controller-3", "create", "new member"],
    [2, "controller-4", "create", "new member"],
  ]);
  const membership = step("update", "command", "etcd-membership");
  expect(rowsOf([stack(5), membership, ...[3, 4].flatMap((i) => wholeMember("delete", i))])).toEqual([
    [1, "cluster", "rolling", "controller-3, controller-4 taken out of the membership"],
    [2, "controller-3", "destructive", "member leaves, VM and data disk deleted"],
    [2, "controller-4", "destructive", "member leaves, VM and data disk deleted"],
  ]);
});

test("the peers' firewall rule replaced", () => {
  const inputs = { allows: [{ protocol: "tcp", ports: ["2379", "2380"] }], sourceTags: ["controller"] };
  const rule = step("replace", "firewall", "etcd-network-etcd", { old: inputs, new: inputs });
  expect(rowsOf([stack(3), rule])).toEqual([[1, "cluster", "destructive", "peer firewall rule replaced"]]);
});

test("steps of one replacement are one change", () => {
  const steps = ["delete-replaced", "replace", "create-replacement"].map((op) =>
    step(op, "vm", "controller-1"),
  );
  expect(judgePreview(preview([stack(3), ...steps])).diff.map((d) => [d.op, d.name])).toEqual([
    ["replace", "controller-1"],
  ]);
});

test("a resource that the guard does not know is not called harmless", () => {
  expect(rowsOf([stack(3), step("update", "bucket", "backups")])).toEqual([
    [1, "cluster", "rolling", "backups updated"],
  ]);
  expect(rowsOf([stack(3), step("delete", "bucket", "backups")])).toEqual([
    [1, "cluster", "destructive", "backups deleted"],
  ]);
  expect(rowsOf([stack(3), step("create", "bucket", "backups")])).toEqual([
    [1, "cluster", "rolling", "backups created"],
  ]);
});

test("protection taken off is shown", () => {
  const disk = step("same", "disk", "controller-1-data");
  const steps = [{ ...disk, oldState: { ...disk.oldState, protect: true } }];
  expect(rowsOf([stack(3), ...steps])).toEqual([[1, "controller-1", "none", "protection taken off"]]);
});

test("the fixtures name what they are: an unchanged converge gives no row", () => {
  const same = step("same", "command", "member-1-converge", { old: converge(1), new: converge(1) });
  expect(rowsOf([stack(3), same])).toEqual([]);
});
