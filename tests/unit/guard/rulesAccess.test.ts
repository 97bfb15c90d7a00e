import { judgePreview } from "../../../guard";
import type { PreviewStep } from "../../../guard/preview";
import { preview, sshRule, stack, step, wholeMember } from "./steps";

const members = (op: string, indices: number[]) => indices.flatMap((i) => wholeMember(op, i));

const sshInputs = (ranges: string[]) => sshRule("update", ranges).newState?.inputs ?? {};

/** What binds an override to ranges that it does not name one by one. */
const HASH = /(?<=-)[0-9a-f]{8}(?=$|@)/;

/** Firewall, network, protection and destroy: steps, and the findings that they must give. */
const CASES: readonly (readonly [string, PreviewStep[], string[]])[] = [
  ["SSH from a /8", [stack(3), sshRule("update", ["10.0.0.0/8", "2001:db8::/32"])], []],
  [
    "SSH from the world",
    [stack(3), sshRule("update", ["0.0.0.0/0"])],
    ["open-to-world:etcd-network-ssh:22@0.0.0.0/0"],
  ],
  [
    "SSH from the IPv6 world",
    [stack(3), sshRule("create", ["::/0"])],
    ["open-to-world:etcd-network-ssh:22@::/0"],
  ],
  [
    "SSH from the world in halves",
    [stack(3), sshRule("update", ["0.0.0.0/1", "128.0.0.0/1"])],
    ["open-to-world:etcd-network-ssh:22@0.0.0.0/1", "open-to-world:etcd-network-ssh:22@128.0.0.0/1"],
  ],
  [
    "all ports from the world",
    [stack(3), sshRule("update", ["0.0.0.0/0"], { allows: [{ protocol: "all" }] })],
    ["open-to-world:etcd-network-ssh:22-2379-2380-6443@0.0.0.0/0"],
  ],
  [
    "a range of ports from the world",
    [stack(3), sshRule("update", ["0.0.0.0/0"], { allows: [{ protocol: "tcp", ports: ["2000-3000"] }] })],
    ["open-to-world:etcd-network-ssh:2379-2380@0.0.0.0/0"],
  ],
  [
    "kube-apiserver from the world",
    [stack(3), sshRule("update", ["0.0.0.0/0"], { allows: [{ protocol: "tcp", ports: ["6443"] }] })],
    ["open-to-world:etcd-network-ssh:6443@0.0.0.0/0"],
  ],
  [
    "another port from the world",
    [stack(3), sshRule("update", ["0.0.0.0/0"], { allows: [{ protocol: "tcp", ports: ["8080"] }] })],
    [],
  ],
  [
    "SSH from the world in 256 parts",
    [
      stack(3),
      sshRule(
        "update",
        Array.from({ length: 256 }, (_, i) => `${i}.0.0.0/8`),
      ),
    ],
    ["open-to-world:etcd-network-ssh:22@256-ranges-together-#"],
  ],
  [
    "SSH from half a world, by several rules",
    [
      stack(3),
      ...Array.from({ length: 128 }, (_, i) =>
        step(i === 7 ? "update" : "same", "firewall", `ssh-${String(i).padStart(3, "0")}`, {
          new: sshInputs([`${i + 11}.0.0.0/8`]),
        }),
      ),
    ],
    [
      `open-to-world:22-#@${Array.from({ length: 128 }, (_, i) => `ssh-${String(i).padStart(3, "0")}`).join("+")}`,
    ],
  ],
  [
    "SSH from half a world, by rules that stay as they are",
    [
      stack(3),
      ...[11, 12].map((net) =>
        step("same", "firewall", `ssh-${net}`, {
          new: sshInputs([`${net}.0.0.0/8`]),
        }),
      ),
    ],
    [],
  ],
  [
    "SSH from the IPv6 world in parts",
    [
      stack(3),
      sshRule(
        "update",
        Array.from({ length: 9 }, (_, i) => `200${i}::/32`),
      ),
    ],
    ["open-to-world:etcd-network-ssh:22@9-ranges-together-#"],
  ],
  [
    "SSH from an office, Google's IAP and every private range",
    [
      stack(3),
      sshRule("update", [
        "203.0.113.0/24",
        "35.235.240.0/20",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
      ]),
    ],
    [],
  ],
  [
    "no source at all",
    [stack(3), sshRule("update", undefined)],
    ["open-to-world:etcd-network-ssh:22@0.0.0.0/0"],
  ],
  ["tags as the only source", [stack(3), sshRule("update", undefined, { sourceTags: ["controller"] })], []],
  [
    "hidden ranges",
    [stack(3), sshRule("update", "[secret]")],
    ["open-to-world:etcd-network-ssh:22@hidden-in-the-preview"],
  ],
  ["a way out to the world", [stack(3), sshRule("update", ["0.0.0.0/0"], { direction: "EGRESS" })], []],
  [
    "subnet updated",
    [
      stack(3),
      step("update", "subnet", "etcd-network-subnet", { diff: { privateIpGoogleAccess: "update" } }),
    ],
    [],
  ],
  [
    "subnet replaced",
    [stack(3), step("replace", "subnet", "etcd-network-subnet")],
    ["network-replaced:etcd-network-subnet"],
  ],
  ["network deleted", [stack(3), step("delete", "vpc", "etcd-network")], ["network-replaced:etcd-network"]],
  [
    "address updated",
    [stack(3), step("update", "address", "controller-1-address", { diff: { labels: "update" } })],
    [],
  ],
  [
    "address replaced",
    [stack(3), step("replace", "address", "controller-1-address")],
    ["address-replaced:controller-1"],
  ],
  [
    "protected VM updated",
    [stack(3), step("update", "vm", "controller-1", { protect: true, diff: { labels: "update" } })],
    [],
  ],
  [
    "protected VM replaced",
    [stack(3), step("replace", "vm", "controller-1", { protect: true })],
    ["protected-deleted:controller-1"],
  ],
  ["destroy", [stack(1, "3.4.27", "delete"), ...members("delete", [0])], ["cluster-destroyed:dev"]],
  [
    "destroy of a protected stack",
    [stack(1, "3.4.27", "delete"), ...wholeMember("delete", 0, true)],
    ["cluster-destroyed:dev", "protected-deleted:controller-0-data", "protected-deleted:controller-0"],
  ],
];

test.each(CASES)("%s", (_, steps, expected) => {
  const report = judgePreview(preview(steps));
  expect(report.refused.map((finding) => `${finding.rule}:${finding.subject.replace(HASH, "#")}`)).toEqual(
    expected,
  );
  expect(report.exitCode).toBe(expected.length === 0 ? 0 : 1);
});

describe("an override for ranges or ports is for these alone", () => {
  const subjectsOf = (...steps: PreviewStep[]) =>
    judgePreview(preview([stack(3), ...steps])).refused.map(({ subject }) => subject);
  const rules = (...ranges: string[]) => {
    return ranges.map((range, i) => step("update", "firewall", `rule-${i}`, { new: sshInputs([range]) }));
  };

  test.each<[string, PreviewStep[], PreviewStep[]]>([
    [
      "of one rule",
      [sshRule("update", ["8.0.0.0/8", "9.0.0.0/8"])],
      [sshRule("update", ["98.0.0.0/8", "99.0.0.0/8"])],
    ],
    ["of several rules", rules("8.0.0.0/8", "9.0.0.0/8"), rules("98.0.0.0/8", "99.0.0.0/8")],
    [
      "ports",
      [sshRule("update", ["0.0.0.0/0"])],
      [sshRule("update", ["0.0.0.0/0"], { allows: [{ protocol: "tcp", ports: ["2379"] }] })],
    ],
  ])("%s", (_, meant, other) => {
    expect(subjectsOf(...meant)).toHaveLength(1);
    expect(subjectsOf(...meant)).toEqual(subjectsOf(...meant.toReversed()));
    expect(subjectsOf(...other)).not.toEqual(subjectsOf(...meant));
  });

  test("in whatever order they are", () => {
    const [a, b] = ["8.0.0.0/8", "9.0.0.0/8"];
    expect(subjectsOf(sshRule("update", [a, b]))).toEqual(subjectsOf(sshRule("update", [b, a])));
  });
});
