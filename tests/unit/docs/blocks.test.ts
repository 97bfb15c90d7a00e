import { spawnSync } from "node:child_process";
import { FILES, ROOT, read } from "../repository";

/** A `sh` block of a page: what a person pastes into bash or zsh, on Linux or macOS. */
interface Block {
  readonly where: string;
  readonly lines: readonly string[];
}

const pages = FILES.filter((file) => file.endsWith(".md") && !file.startsWith("lab/tests/"));
const blocks: readonly Block[] = pages.flatMap((page) =>
  [...read(page).matchAll(/^( *)```sh\n([\s\S]*?)^\1```$/gm)].map(
    ({ 1: indent = "", 2: body = "", index }) => ({
      where: `${page}:${read(page).slice(0, index).split("\n").length + 1}`,
      // A command that goes on in the next line is one.
      lines: body
        .split("\n")
        .map((line) => line.slice(indent.length))
        .join("\n")
        .replace(/ *\\\n */g, " ")
        .split("\n")
        .filter((line) => line !== ""),
    }),
  ),
);

/** The commands of all blocks, one a line and with its arguments, that begin so. */
function commands(start: RegExp): string[] {
  return blocks.flatMap(({ where, lines }) =>
    lines
      .flatMap((line) => line.split(/ \| | && |; |\$\((?=pulumi|gcloud|npm)/))
      .map((command) =>
        command.trim().replace(/^(\(|\w+\(\) \{ |env -u \w+ |umask \d+ && |\w+=\S+ (?=pulumi|npm))*/, ""),
      )
      .filter((command) => start.test(command))
      .map((command) => `${where}: ${command}`),
  );
}

/** A line without what is in quotes. */
const unquoted = (line: string) => line.replace(/'[^']*'|"(?:\\.|[^"\\])*"/g, "''");

test("there are blocks", () => {
  expect(blocks.length).toBeGreaterThan(50);
});

test.each(["bash", "zsh"])("%s can read every block", (shell) => {
  const input = blocks.flatMap(({ lines }) => [...lines, ""]).join("\n");
  const { status, stderr } = spawnSync(shell, ["-n"], { input, encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

test("no block has a comment: zsh takes its words for arguments, and runs what is in back-ticks", () => {
  const comments = blocks.flatMap(({ where, lines }) =>
    lines.filter((line) => /(^|\s)#/.test(unquoted(line))).map((line) => `${where}: ${line}`),
  );
  expect(comments).toEqual([]);
});

test("no block relies on bash: zsh does not split a variable into words, and globs what no quotes protect", () => {
  const bashOnly = blocks.flatMap(({ where, lines }) =>
    lines
      .filter((line) =>
        /(?<![\w"=])\$[A-Za-z_]\w*(?=\s|$)|(^|\s)[^\s$]*(?<!\$\{[^}]*)[*?[](?!\s|\[? )/.test(unquoted(line)),
      )
      .map((line) => `${where}: ${line}`),
  );
  expect(bashOnly).toEqual([]);
});

test("every command on a stack names it", () => {
  const onStack =
    /^pulumi (up|preview|refresh|destroy|cancel|import|config|stack (output|export|import|tag))\b/;
  const tools = /^npm run (--silent )?(verify|preview|ssh|etcdctl) /;
  const all = [...commands(onStack), ...commands(tools)];
  expect(all.length).toBeGreaterThan(50);
  expect(all.filter((command) => !/ (--stack|-s)[ =]\S/.test(command))).toEqual([]);
});

test("every gcloud command names its project, and none of them the region", () => {
  const all = commands(/^(\w+=)?gcloud (?!auth login|auth application-default login|projects )/);
  expect(all.length).toBeGreaterThan(15);
  expect(all.filter((c) => !/ --project[ =]"?\$|gcloud projects | set-quota-project "\$/.test(c))).toEqual(
    [],
  );
  expect(all.filter((c) => / --(location|region)[ =](?!"?\$REGION|global)/.test(c))).toEqual([]);
});

test("no block changes what the person has selected elsewhere", () => {
  const changes =
    /^(gcloud config (set|configurations)|pulumi (login|logout|stack select|org set-default))\b/;
  expect(commands(changes)).toEqual([]);
});

test("no block writes into the checkout what git does not ignore", () => {
  const written = blocks.flatMap(({ where, lines }) =>
    lines.flatMap((line) =>
      [...unquoted(line).matchAll(/(?<![<>])>{1,2} ?(?![&>(])([^\s;)&]+)/g)]
        .map(([, file = ""]) => file)
        .filter((file) => !/^(~\/|\/|''$)/.test(file) && !isIgnored(file))
        .map((file) => `${where}: ${file}`),
    ),
  );
  expect(written).toEqual([]);
});

test("git ignores keys, kubeconfigs and previews, wherever a page or a person puts them", () => {
  const secret = ["ca.pem", "kubernetes-key.pem", "KEY", "known_hosts", "admin.kubeconfig", "preview.json"];
  const elsewhere = ["examples/control-plane/admin.kubeconfig", "examples/own-program/kubernetes-key.pem"];
  expect([...secret, ...elsewhere].filter((file) => !isIgnored(file))).toEqual([]);
  const committed = spawnSync("git", ["ls-files", "--cached", "--ignored", "--exclude-standard"], {
    cwd: ROOT,
  });
  expect(String(committed.stdout)).toBe("");
});

function isIgnored(file: string): boolean {
  return spawnSync("git", ["check-ignore", "--quiet", "--no-index", file], { cwd: ROOT }).status === 0;
}
