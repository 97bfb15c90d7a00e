import { spawnSync } from "node:child_process";
import { parse } from "yaml";
import { build } from "../components/build";
import { ROOT, read } from "../repository";

const page = read("docs/operate/first-cluster.md");

test("the preview that a reader compares with is the one of Pulumi.dev.yaml", async () => {
  const { config } = parse(read("Pulumi.dev.yaml")) as { config: Record<string, unknown> };
  const settings = Object.entries(config).flatMap(([name, value]) => {
    const [, ours] = /^etcd-on-gce:(.*)$/.exec(name) ?? [];
    return ours ? [[ours, typeof value === "object" ? JSON.stringify(value) : String(value)]] : [];
  });
  const { resources } = await build(Object.fromEntries(settings));
  const types = resources
    .map(({ type }) => type.replace(/\/\w+:/, ":"))
    .filter((type) => type !== "pulumi:pulumi:StackReference");
  const count = new Map<string, number>();
  for (const type of [...types, "pulumi:pulumi:Stack"]) count.set(type, (count.get(type) ?? 0) + 1);
  const rows = [...count].sort().map(([type, number]) => `| \`${type}\` | ${number} |`);
  const table = page.split("<!-- preview:begin -->\n")[1]?.split("\n<!-- preview:end -->")[0];
  expect(table?.split("\n")).toEqual(["| kind | number |", "|---|---:|", ...rows]);
  expect(page).toContain(`\`+ ${types.length + 1} to create\``);
});

test("git ignores keys, kubeconfigs and previews, wherever somebody writes them", () => {
  const files = [
    "kubernetes-key.pem",
    "docs/ca.pem",
    "KEY",
    "admin.kubeconfig",
    "known_hosts",
    "preview.json",
  ];
  const { stdout } = spawnSync("git", ["check-ignore", "--no-index", ...files], {
    cwd: ROOT,
    encoding: "utf8",
  });
  expect(stdout.trim().split("\n")).toEqual(files);
});
