import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Document, visit } from "yaml";
import { floorsInBash } from "../core/etcd/upgrades";
import { SETTINGS } from "../core/settings";
import { EFFECTS } from "../core/settings/effects";
import type { Setting } from "../core/settings/kinds";
import { judgePreview, RULES, renderMarkdown } from "../guard";
import { renderVersions } from "./versionsTable";

const ROOT = join(__dirname, "..");
const NAMESPACE = "etcd-on-gce";
const TABLE = Object.entries(SETTINGS as Record<string, Setting>);

/** Files of which all, or the part between two marks, is made of a table in core/ or of a recorded preview. */
const GENERATED: readonly {
  readonly file: string;
  readonly marks?: readonly [string, string];
  readonly render: () => string;
}[] = [
  { file: "Pulumi.yaml", marks: ["\nconfig:\n", ""], render: renderConfig },
  { file: "core/settings/values.ts", render: renderValues },
  { file: "README.md", marks: ["<!-- versions:begin -->", "<!-- versions:end -->"], render: renderVersions },
  {
    file: "docs/operate/settings.md",
    marks: ["<!-- settings:begin -->", "<!-- settings:end -->"],
    render: renderTable,
  },
  {
    file: "docs/operate/change-settings.md",
    marks: ["<!-- effects:begin -->", "<!-- effects:end -->"],
    render: renderEffects,
  },
  { file: "remote/version.sh", marks: ["# minors:begin", "# minors:end"], render: floorsInBash },
  ...RULES.map((rule) => comment("docs/operate/guard-rules.md", rule)),
  comment("docs/operate/upgrade.md", "version"),
  comment("docs/operate/upgrade.md", "etcd-minor-skipped"),
  comment("docs/operate/rotate-ca.md", "ca-swapped"),
  comment("docs/operate/grow-and-shrink.md", "grow"),
  comment("docs/operate/grow-and-shrink.md", "shrink"),
  comment("docs/operate/from-fork-to-production.md", "quota"),
  comment("docs/operate/from-fork-to-production.md", "several-members-down"),
];

function renderConfig(): string {
  const blocks = TABLE.map(([name, { type, items, default: value, description }]) => {
    const block = { type, ...(items ? { items: { type: items } } : {}), default: value, description };
    return { [`${NAMESPACE}:${name}`]: block };
  });
  const yaml = new Document(Object.assign({}, ...blocks));
  visit(yaml, {
    Collection: (_key, node, path) => {
      node.flow = path.length > 4;
    },
  });
  const text = yaml.toString({ lineWidth: 0, flowCollectionPadding: false, defaultKeyType: "PLAIN" });
  return text.replace(/^(?=.)/gm, "  ").replace(/\{type: (\w+)\}/g, "{ type: $1 }");
}

function renderValues(): string {
  const fields = TABLE.flatMap(([name, { valueType, default: value, description }]) => [
    "  /**",
    `   * ${description}`,
    "   *",
    `   * @default ${JSON.stringify(value)}`,
    "   */",
    `  readonly ${name}: ${valueType};`,
  ]);
  return [
    "// Made by `npm run generate` of the table in core/settings; change that.",
    'import type { BastionSetting } from "./bastion";',
    "",
    "/** Everything that a user can set. */",
    "export interface SettingValues {",
    ...fields,
    "}",
    "",
  ].join("\n");
}

function renderTable(): string {
  const rows = TABLE.map(([name, { type, items, default: value, description }]) => {
    const kind = items ? `${type} of ${items}s` : type;
    const shown = value === "" ? "none" : `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
    return `| \`${name}\` | ${kind} | ${shown} | ${description} |`;
  });
  return ["| setting | type | default | what it is |", "|---|---|---|---|", ...rows].join("\n");
}

function renderEffects(): string {
  const rows = Object.entries(EFFECTS).map(([effect, text]) => {
    const names = TABLE.filter(([, setting]) => setting.effect === effect).map(([name]) => `\`${name}\``);
    return `| ${names.join(", ")} | ${text} |`;
  });
  return ["| setting | what happens |", "|---|---|", ...rows].join("\n");
}

/** What a reviewer sees of a recorded preview, as a quotation, without the folded diff. */
function comment(file: string, preview: string) {
  const render = () => {
    const json: unknown = JSON.parse(readFileSync(join(ROOT, `tests/previews/${preview}.json`), "utf8"));
    const [shown = ""] = renderMarkdown(judgePreview(json)).split("\n<details>");
    const lines = shown.trim().split("\n").slice(2);
    return lines.map((line) => `> ${line}`.trim()).join("\n");
  };
  const marks = [`<!-- ${preview}:begin -->`, `<!-- ${preview}:end -->`] as const;
  return { file, marks, render };
}

/** What a file is to hold, by its path from the root. */
export function generate(): Map<string, string> {
  const made = new Map<string, string>();
  for (const { file, marks, render } of GENERATED) {
    const text = made.get(file) ?? (marks ? readFileSync(join(ROOT, file), "utf8") : "");
    made.set(file, marks ? between(file, text, marks, render()) : render());
  }
  return made;
}

function between(file: string, text: string, marks: readonly [string, string], part: string): string {
  const [from, to] = [
    text.indexOf(marks[0]) + marks[0].length,
    marks[1] ? text.indexOf(marks[1]) : text.length,
  ];
  if (!text.includes(marks[0]) || to < from) throw new Error(`${file} has no ${marks.join(" … ")}`);
  const end = marks[0].endsWith("\n") ? "" : "\n";
  return `${text.slice(0, from)}${end}${part}${end}${text.slice(to)}`;
}

if (require.main === module) {
  for (const [file, text] of generate()) writeFileSync(join(ROOT, file), text);
}
