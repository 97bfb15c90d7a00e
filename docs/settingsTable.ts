import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

// It comes with @pulumi/pulumi, without types.
const { load } = require("js-yaml") as { load(text: string): unknown };

const ROOT = join(__dirname, "..");
const PREFIX = "etcd-on-gce:";

/** The line before and the line after a generated table. */
export const SETTINGS_MARKS = ["<!-- settings:begin -->", "<!-- settings:end -->"] as const;

interface Declared {
  readonly type: string;
  readonly items?: { readonly type: string };
  readonly default: unknown;
  readonly description: string;
}

/** README's table of settings, from the text of Pulumi.yaml. */
export function renderSettingsTable(pulumiYaml: string): string {
  const { config } = load(pulumiYaml) as { config: Record<string, Declared> };
  const rows = Object.entries(config).map(([key, { type, items, default: value, description }]) => {
    const kind = items ? `${type} of ${items.type}s` : type;
    return `| \`${key.slice(PREFIX.length)}\` | ${kind} | ${showDefault(value)} | ${description} |`;
  });
  return ["| setting | type | default | what it is |", "|---|---|---|---|", ...rows].join("\n");
}

/** What stands between two marks of a text, without the white space beside them. */
export function between(text: string, marks: readonly [string, string]): string {
  const [from, to] = placesOf(text, marks);
  return text.slice(from, to).trim();
}

function placesOf(text: string, [begin, end]: readonly [string, string]): [number, number] {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${begin} and ${end} do not stand in the text, in this order`);
  return [from + begin.length, to];
}

function showDefault(value: unknown): string {
  if (value === "") return "none";
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

/** Puts the table of today's Pulumi.yaml into README.md. */
function writeTable(): void {
  const file = join(ROOT, "README.md");
  const readme = readFileSync(file, "utf8");
  const [from, to] = placesOf(readme, SETTINGS_MARKS);
  const table = renderSettingsTable(readFileSync(join(ROOT, "Pulumi.yaml"), "utf8"));
  writeFileSync(file, `${readme.slice(0, from)}\n${table}\n${readme.slice(to)}`);
}

if (require.main === module) writeTable();
