import { readdirSync } from "node:fs";
import { join } from "node:path";
import { judgePreview, renderMarkdown, renderTerminal } from "../../../guard";
import { RULES } from "../../../guard/finding";
import { ROOT, read } from "../repository";

/** Previews of a real engine, made by tests/previews/record.ts. */
const names = readdirSync(join(ROOT, "tests/previews"))
  .filter((file) => file.endsWith(".json"))
  .map((file) => file.replace(".json", ""));
const judge = (name: string) => judgePreview(JSON.parse(read(`tests/previews/${name}.json`)));
const settingsOf = (name: string) => judge(name).settings.map(({ setting, from, to }) => [setting, from, to]);

test.each(names.filter((name) => (RULES as readonly string[]).includes(name)))(
  "%s is refused by its rule",
  (name) => {
    expect(judge(name).refused.map(({ rule }) => rule)).toContain(name);
  },
);

test.each([
  ["version", true],
  ["etcd-downgraded", false],
  ["quota", false],
])("%s: a reviewer reads that there is no way back from a newer minor: %s", (name, isSaid) => {
  expect(renderMarkdown(judge(name)).includes("| no way back once every member runs it")).toBe(isSaid);
});

/** What one changed setting comes to in the comment: the setting, who restarts or stops, and in which steps. */
test.each<[string, unknown[], unknown[]]>([
  ["quota", [["quotaBackendBytes", "2 GiB", "4 GiB"]], [1, 2, 3]],
  ["version", [["etcdVersion", "3.4.23", "3.5.33"]], [1, 2, 3]],
  [
    "quota-version-trust",
    [
      ["etcdVersion", "3.4.23", "3.5.33"],
      ["quotaBackendBytes", "2 GiB", "4 GiB"],
      ["caTrusted", "[1]", "[1, 2]"],
    ],
    [2, 3, 4],
  ],
  ["several-members-down", [["machineType", "e2-standard-2", "e2-standard-4"]], [2, 4, 6]],
  ["labels", [["labels", undefined, undefined]], []],
  ["ssh-ranges", [["sshSourceRanges", "[35.235.240.0/20]", "[192.0.2.0/24]"]], []],
  ["data-disk-grows", [["dataDiskSizeGb", "50", "100"]], []],
  ["certificates", [["certValidityHours", "8760", "4380"]], []],
  ["grow", [["controllerCount", "3", "5"]], []],
  ["shrink", [["controllerCount", "5", "3"]], [6, 6]],
  ["outputs", [["exportCaKey", "false", "true"]], []],
  ["deletion-protection", [["deletionProtection", "false", "true"]], []],
  ["nothing", [], []],
  ["first-up", [], []],
])("%s", (name, settings, stepsAway) => {
  expect(settingsOf(name)).toEqual(settings);
  expect(judge(name).rows.flatMap((row) => (row.isAway ? [row.step] : []))).toEqual(stepsAway);
});

test.each(names)("%s fits into 100 columns", (name) => {
  for (const line of renderTerminal(judge(name), { isColoured: false }).split("\n"))
    expect([...line].length).toBeLessThanOrEqual(100);
});

test("what is only looked up is not deleted with the cluster", () => {
  expect(judge("cluster-destroyed").rows.filter(({ why }) => /does not know/.test(why))).toEqual([]);
});
