import { Provider } from "./harness/provider";
import { secret, UNKNOWN, type WireMap } from "./harness/wire";

/*
 * What the recordings leave out of Diff. The rules are those of the official plugin's framework:
 * https://github.com/pulumi/pulumi-go-provider/blob/v1.5.0/infer/resource.go
 */
const COMMAND = "command:remote:Command";

let command: Provider;
beforeAll(async () => {
  command = await Provider.start("command");
});
afterAll(() => command?.stop());

describe("diff", () => {
  const base: WireMap = {
    connection: { host: "h", privateKey: "k" },
    create: "c",
    update: "u",
    environment: { A: "1", B: "2" },
    triggers: ["a", { b: [1] }],
    stdin: "s",
  };
  const cases: [title: string, change: WireMap, detailed: Record<string, string>][] = [
    ["nothing", {}, {}],
    ["a variable's value", { environment: { A: "9", B: "2" } }, { "environment.A": "UPDATE" }],
    ["a variable more", { environment: { A: "1", B: "2", C: "3" } }, { "environment.C": "ADD" }],
    ["a variable less", { environment: { A: "1" } }, { "environment.B": "DELETE" }],
    ["no environment", { environment: null }, { environment: "DELETE" }],
    ["no update command", { update: null }, { update: "DELETE" }],
    ["a part of the connection", { connection: { host: "h2", privateKey: "k" } }, { connection: "UPDATE" }],
    ["a connection not known yet", { connection: { host: UNKNOWN } }, { connection: "UPDATE" }],
    ["the same text as a secret", { stdin: secret("s") }, { stdin: "UPDATE" }],
    ["a text not known yet", { create: UNKNOWN }, { create: "UPDATE" }],
    ["a trigger", { triggers: ["x", { b: [1] }] }, { "triggers[0]": "UPDATE" }],
    ["a trigger's part", { triggers: ["a", { b: [2] }] }, { "triggers[1].b[0]": "UPDATE" }],
    ["a trigger more", { triggers: ["a", { b: [1] }, "c"] }, { "triggers[2]": "ADD" }],
    ["a trigger less", { triggers: ["a"] }, { "triggers[1]": "DELETE" }],
    ["no triggers: replaces", { triggers: null }, { triggers: "DELETE_REPLACE" }],
    ["triggers not known yet: replaces", { triggers: UNKNOWN }, { triggers: "UPDATE_REPLACE" }],
    ["two properties", { create: "c2", triggers: ["a"] }, { create: "UPDATE", "triggers[1]": "DELETE" }],
  ];
  test.each(cases)("%s", async (_, change, detailed) => {
    const { inputs } = await command.check(COMMAND, base);
    const old = { id: "r1", inputs, outputs: { ...inputs, stdout: "o", stderr: "e" } };
    const news = (await command.check(COMMAND, { ...base, ...change })).inputs;
    const paths = Object.keys(detailed);
    const difference = await command.diff(COMMAND, old, news);
    expect({ ...difference, diffs: [...difference.diffs].sort() }).toEqual({
      changes: paths.length > 0 ? "SOME" : "NONE",
      diffs: [...new Set(paths.map((path) => path.replace(/[.[].*/, "")))].sort(),
      replaces: paths.filter((path) => detailed[path]?.endsWith("_REPLACE")),
      deleteBeforeReplace: false,
      detailed,
    });
  });
});
