import { renderEtcdEnv } from "../../../core/node/etcdEnv";
import { DECLARED_DIR, NODE_LIB_DIR } from "../../../core/node/layout";
import { judgePreview, renderMarkdown } from "../../../guard";
import { lineDiff } from "../../../guard/files";
import { installs, preview, stack } from "./steps";

const ENV = `${DECLARED_DIR}/etcd.env`;
const UNIT = `${DECLARED_DIR}/etcd.service`;
const SCRIPT = `${NODE_LIB_DIR}/converge.sh`;
const all = [0, 1, 2];
const filesOf = (steps: ReturnType<typeof installs>[]) => judgePreview(preview([stack(3), ...steps])).files;

/** Lines before and after, and what goes and comes. */
test.each([
  ["", "", []],
  ["a b c", "a b c", []],
  ["a b c", "a c", ["-b"]],
  ["a c", "a b c", ["+b"]],
  ["a b c", "a x c", ["-b", "+x"]],
  ["a b", "b a", ["-a", "+a"]],
  ["", "a", ["+a"]],
  ["a a", "a", ["-a"]],
])("%j to %j", (before, after, expected) => {
  const lines = (text: string) => text.split(" ").filter((line) => line !== "");
  expect(lineDiff(lines(before), lines(after)).map((pair) => pair.join(""))).toEqual(expected);
});

test("a long file is counted, not compared", () => {
  const lines = Array.from({ length: 2500 }, (_, i) => String(i));
  expect(lineDiff(lines, [...lines, "x"])).toHaveLength(5001);
});

test("etcd.env and unit by their lines, a script by its name and how many lines; alike members once", () => {
  const before = {
    [ENV]: "ETCD_LOGGER=zap\nETCD_QUOTA_BACKEND_BYTES=1\n",
    [UNIT]: "RestartSec=5\n",
    [SCRIPT]: "a\nb\n",
  };
  const after = {
    [ENV]: "ETCD_LOGGER=zap\nETCD_QUOTA_BACKEND_BYTES=2\n",
    [UNIT]: "RestartSec=9\n",
    [SCRIPT]: "a\nc\nd\n",
  };
  const files = filesOf(
    all.map((i) => installs(i, before, i === 2 ? { ...after, [SCRIPT]: "a\nb\n" } : after)),
  );
  const members = ["controller-0", "controller-1", "controller-2"];
  expect(files).toEqual([
    {
      file: "etcd.env",
      members,
      added: 1,
      removed: 1,
      lines: ["- ETCD_QUOTA_BACKEND_BYTES=1", "+ ETCD_QUOTA_BACKEND_BYTES=2"],
    },
    { file: "etcd.service", members, added: 1, removed: 1, lines: ["- RestartSec=5", "+ RestartSec=9"] },
    { file: "converge.sh", members: members.slice(0, 2), added: 2, removed: 1, lines: [] },
  ]);
});

test("the comment has them", () => {
  const steps = all.map((i) =>
    installs(i, { [ENV]: "ETCD_LOGGER=capnslog\n" }, { [ENV]: "ETCD_LOGGER=zap\n" }),
  );
  expect(renderMarkdown(judgePreview(preview([stack(3), ...steps])))).toContain(`Files on the controllers:

\`\`\`diff
etcd.env, +1 -1 lines, on controller-0, -1, -2
- ETCD_LOGGER=capnslog
+ ETCD_LOGGER=zap
\`\`\``);
});

test.each(["3.4.27", "3.5.33", "3.6.14"])("every line of etcd.env of %s may be shown", (etcdVersion) => {
  const text = renderEtcdEnv({
    etcdVersion,
    architecture: "arm64",
    quotaBackendBytes: 2 ** 31,
    peerMembersOnly: true,
  });
  const [file] = filesOf([installs(0, { [ENV]: "" }, { [ENV]: text })]);
  expect(file?.lines).toEqual(
    text
      .trimEnd()
      .split("\n")
      .map((line) => `+ ${line}`),
  );
});
