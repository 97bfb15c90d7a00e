import { type PartitionMode, renderPartition } from "../../../hosts/faults";

const script = (...chains: string[]) =>
  ["table inet lab_fault", "delete table inet lab_fault", "table inet lab_fault {", ...chains, "}", ""].join(
    "\n",
  );

const chain = (hook: string, ...rules: string[]) =>
  [
    `  chain ${hook} {`,
    ...[`type filter hook ${hook} priority -20; policy accept;`, ...rules].map((rule) => `    ${rule}`),
    "  }",
  ].join("\n");

const IN = ["iif lo accept", "tcp dport 22 accept"];
const OUT = ["oif lo accept", "tcp sport 22 accept"];

test.each<[PartitionMode, string]>([
  ["in", script(chain("input", ...IN, "drop"))],
  ["out", script(chain("output", ...OUT, "drop"))],
  ["both", script(chain("input", ...IN, "drop"), chain("output", ...OUT, "drop"))],
  [
    "peer",
    script(
      chain("input", ...IN, "tcp dport 2380 drop", "tcp sport 2380 drop"),
      chain("output", ...OUT, "tcp dport 2380 drop", "tcp sport 2380 drop"),
    ),
  ],
])("a partition %s keeps loopback and SSH and drops the rest", (mode, text) => {
  expect(renderPartition(mode)).toBe(text);
});
